"""What an address is understood as, spelling by spelling."""

from __future__ import annotations

import pytest

from heatmaps.geocoding.normal_form import normal_house, normalise, readings, street_name

UNDERSTOOD = """
г.Москва ул Ленина д.5 корп 2 стр.1 | москва | улица ленина | 5 к2 с1
Ленина 5к2с1 | | ленина | 5 к2 с1
Ленина 5/2 | | ленина | 5/2
Артема,д.32А 8 | | артема | 32А
Ополченская 5-30 | | ополченская | 5-30
Ясеневая, 32, 2, 323 | | ясеневая | 32 к2
Лизюкова д.6 а | | лизюкова | 6А
Ленина д.1 «А» | | ленина | 1А
Ленина 31-А | | ленина | 31А
Измайловское ш.71, корпус 4ГД | | измайловское шоссе | 71 к4ГД
Ленина вл. 5 стр. 3 | | ленина | вл5 с3
Ленина строение №4а | | ленина | с4А
Ленина, дом № 5, корпус № 2 | | ленина | 5 к2
Ленина, д. 5 дробь 2 | | ленина | 5/2
Ленина 39\\1 | | ленина | 39/1
Ленина 5-7 | | ленина | 5-7
Ленина д 5 литера А соор 1 | | ленина | 5 соор1 литА
Зеленоград корп 1144 | | зеленоград | к1144
Басманный 1-ый пер 6 | | 1-й басманный переулок | 6
пер. 2-й Лесной, 5 | | 2-й лесной переулок | 5
Первая Советская 5 | | 1-я советская | 5
двадцать пятая линия 5 | | 25-я линия | 5
XXII партсъезда 5 | | 22 партсъезда | 5
Восьмого марта 15 | | 8 марта | 15
ул 8 Марта, 15 | | улица 8 марта | 15
Марта 8 ул., 15 | | улица 8 марта | 15
ул. 1 Мая 5 | | улица 1 мая | 5
50 лет Октября ул 17 | | улица 50 лет октября | 17
сорокалетия Победы 5 | | 40 лет победы | 5
25 Октября 5 | | 25 октября | 5
28 Панфиловцев 5 | | 28 панфиловцев | 5
Б. Тишинский пер 38 | | большой тишинский переулок | 38
Н. Масловка 5 | | нижняя масловка | 5
М. Горького 3 | | м. горького | 3
ул. А.С. Пушкина, 10 | | улица а.с. пушкина | 10
Пушкина А.С. 5 | | а.с. пушкина | 5
ул. С.Разина 5 | | улица с. разина | 5
д. 28 по Невскому проспекту | | невский проспект | 28
на Большой Садовой улице 5 | | большая садовая улица | 5
на улице Цветаевой 5 | | цветаевой улица | 5
г.о. Химки, Ленина 5 | химки | ленина | 5
ул. Советская 10/ ул. Мира 5 | | советская улица | 10
ул. Ореховый бульвар 22Д | | ореховый бульвар | 22Д
Садовая – Кудринская 9 | | садовая кудринская | 9
улциа Ленина 5 | | улица ленина | 5
СПб 7 линия ВО 34 | санкт петербург | 7-я линия васильевского острова | 34
Большой пр. П.С., 18 | | большой пр петроградской стороны | 18
г. Москва, г. Троицк, Сиреневый б-р 15 | троицк | сиреневый бульвар | 15
Н.Новгород, Б. Покровская 5 | нижний новгород | большая покровская | 5
в городе Москве ул Ленина 5 | москва | улица ленина | 5
в Казани на улице Баумана 5 | казань | улица баумана | 5
Пермь г, Ленина ул, 5 д, 10 кв | пермь | улица ленина | 5
кв 5, д 10, ул Ленина, Пермь | пермь | улица ленина | 10
614000, Пермский край, Пермь, ул. Ленина, 51 | пермь | улица ленина | 51
г.Московский, 1-й мкр., д.35 | московский | 1-й микрорайон | 35
12 микрорайон 5 | | 12-й микрорайон | 5
мкр. Северный 5 | | северный микрорайон | 5
г. Пермь, мкр Садовый, ул. Пушкарская, 5 | пермь | пушкарская улица | 5
Пермь, Ленина 5, мкр 3 | пермь | ленина | 5
23 кв-л, д 5 | | 23-й квартал | 5
д. Исаково, 2 | исаково | | 2
д. Исаково д. 2 | исаково | | 2
р.п. Лесной, ул Мира 5 | лесной | улица мира | 5
СНТ "Ромашка", уч. 12 | ромашка | | уч12
Ярославское ш., 12 км | | ярославское шоссе 12-й километр |
МКАД, 47-й километр, 1 | | мкад 47-й километр | 1
12 км Ярославского шоссе | | ярославское шоссе 12-й километр |
Варшавское ш 47к4 под 3 эт 5 домофон 12 | | варшавское шоссе | 47 к4
Мира 5, 3 подъезд, 4 этаж, оф. 12А | | мира | 5
Мира 5 вход со двора | | мира | 5
ЖК Заря, ул Мира 5, тел. +7 (912) 345-67-89 | | улица мира | 5
ул &quot;Мира&quot;&nbsp;5 | | улица мира | 5
Mocквa, Тверская 5 | москва | тверская | 5
ул Мира ５ | | улица мира | 5
г Алматы, Достық даңғылы 5 үй, 12 пәтер | алматы | проспект достык | 5
12-шағын аудан, 5 үй | | 12-й микрорайон | 5
вуліца Янкі Купалы, дом 5, кватэра 3 | | улица янки купалы | 5
1-ы завулак Гогаля 7 | | 1-й переулок гогаля | 7
vjcrdf, ek/ ktybyf? l/5 r/2 | москва | улица ленина | 5 к2
ghjcgtrn vbhf 10 | | проспект мира | 10
Ьфшт Ыекууе 12 | | main street | 12
Moskva, ul. Akademika Korolyova, d.12 k.1 | москва | улица академика королева | 12 к1
Sankt-Peterburg, Nevskij pr-t, 28 | санкт петербург | невский проспект | 28
St. Petersburg, Nevsky prospekt 28 | санкт петербург | невский проспект | 28
Leninskiy prospekt, 10, Moscow | москва | ленинский проспект | 10
ulitsa Bolshaya Polyanka 5 korp 2 str 1 | | улица большая полянка | 5 к2 с1
ulica Kurskaâ, d. 5 | | курская улица | 5
nab. reki Mojki 12 | | набережная мойки | 12
25 Oktyabrya 5 | | 25 октября | 5
Hauptstr. 2, 95500 Heinersreuth | heinersreuth | hauptstrasse | 2
HAUPTSTRASSE 2 | | hauptstrasse | 2
Clematis Weg 3 | | clematisweg | 3
12 bis rue de la Paix, Paris | paris | rue paix | 12 bis
221B Baker St | | baker street | 221B
Mannerheimintie 5 A 12 Helsinki | helsinki | mannerheimintie | 5
Kerkstraat 3-hs | | kerkstraat | 3HS
ul. Marszałkowska 5, Warszawa | warszawa | ulica marszalkowska | 5
Пермь, Мира, Д.62К.2 | пермь | мира | 62 к2
Пермь, Мира 28-30к.11 | пермь | мира | 28-30 к11
Пермь, Мира 16К.35ЛИТ.Б | пермь | мира | 16 к35 литБ
Пермь, Мира 82 к1лит.Ж | пермь | мира | 82 к1 литЖ
Пермь, Мира 31 к7литД | пермь | мира | 31 к7 литД
Пермь, Мира, д 25, к1стр1 | пермь | мира | 25 к1 с1
Мира 12/7-А | | мира | 12/7А
Зеленоградская 17 к.. Москва | москва | зеленоградская | 17
корпус 3, дом 8, ул. Мира, г. Москва | москва | улица мира | 8 к3
дом 32, Наличная улица корпус 2, СПб | санкт петербург | наличная улица | 32 к2
Сочи, мкр Самал-2, 48 | сочи | 2-й микрорайон самал | 48
д.10, м-н Самал-2, г Сочи | сочи | 2-й микрорайон самал | 10
Ленина-5, кв 30 | | ленина | 5
Янино 1, ул Мира 40 | янино 1 | улица мира | 40
пос. Горки-10, д. 23 | горки 10 | | 23
Уфа, Проектируемый пр-д 4062, 17 | уфа | 4062-й проектируемый проезд | 17
3-я Набережная улица, 5 | | 3-я набережная улица | 5
проспект Республики 33, Шымкент | шымкент | проспект республики | 33
Казань, пр. Оренбургский тракт 160 | казань | оренбургский тракт | 160
24-я лииня В.О., 11 | | 24-я линия васильевского острова | 11
Омск, пиовпект Мира 5 | омск | проспект мира | 5
Набережны Челны, проспект Мира 5 | набережны челны | проспект мира | 5
сорок лет Октября 6 | | 40 лет октября | 6
Профсоюзная, 1О4 | | профсоюзная | 104
г.Тверьпр-тЛенина,14 | тверь | проспект ленина | 14
НевскийПроспект,д48,СПб | санкт петербург | невский проспект | 48
<p>Москва, ул. Мира, 6</p> | москва | улица мира | 6
{"city":"Москва","street":"Мира","house":"4"} | москва | мира | 4
Москва%2C%20Мира%205 | москва | мира | 5
Omsk, 2-i pereulok Perova, 17 k2 | омск | 2-й переулок перова | 17 к2
Kazan, 13-ia liniia V.O., 74G s1 | казань | 13-я линия васильевского острова | 74Г с1
Perm, ul. Mira, 8 litZh | пермь | улица мира | 8 литЖ
zhjckfdkm? ek/ [fknehbyf? 72 | ярославль | улица халтурина | 72
djhjyt;? cgjhnbdysq gh-n 7 c1 | воронеж | спортивный проспект | 7 с1
fyufhcr ekbwf vbhf 17 kbn, | ангарск | улица мира | 17 литБ
Москва, vzcybwrfz 22 c1 | москва | мясницкая | 22 с1
234 W 42nd St, New York | new york | 42th west street | 234
350 Fifth Avenue, New York | new york | 5th avenue | 350
Nowy Świat 22 m. 5, Warszawa | warszawa | nowy swiat | 22
1501 Broadway Apt 12B | | broadway | 1501
""".strip().splitlines()


@pytest.mark.parametrize("line", UNDERSTOOD)
def test_understood(line):
    query, settlement, street, house = (part.strip() for part in line.split("|"))
    form = normalise(query)
    assert (form.settlement or "", form.street.text, form.house) == (settlement, street, house)


@pytest.mark.parametrize("line", UNDERSTOOD)
def test_the_normal_form_is_read_as_itself(line):
    form = normalise(line.split("|")[0])
    again = normalise(form.text)
    assert (again.text, again.house) == (form.text, form.house)


@pytest.mark.parametrize(
    ("query", "change"),
    [
        ("vjcrdf ktybyf 5", "layout"),
        ("Leninskij pr-t 10", "transliterated"),
        ("проспкт Мира 10", "typo:проспкт→проспект"),
        ("Mocквa, Тверская 5", "lookalikes"),
        ("Мира 5 возле рынка", "note_dropped"),
        ("Мира 5, вернее 7", "corrected"),
        ("Омск, Мира 5 у7ф", "unread:у7ф"),
        ("Ясеневая, 32, 2, 323", "korpus_from_list"),
    ],
)
def test_what_was_changed_is_told(query, change):
    assert normalise(query).changes == (change,)


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("Ленина 5, Мира 10", ("several_addresses",)),
        ("ул Гагарина 5; ул Мира 10", ("several_addresses",)),
        ("Ленина 5 г Пермь", ()),
        ("Москва, Покровка 8 или Мира 15", ("several_addresses",)),
        ("Минск, Мира 29 + Кульман 9", ("several_addresses",)),
        ("Тула, Мира 36, 51 и 76", ("several_addresses",)),
        ("от Мира 22 до Мира 104", ("several_addresses",)),
        ("ул. Мира 13 (регистрация Победы 46)", ("several_addresses",)),
        ("улица Либкнехта и Люксембург 5", ()),
        ("Ленина 02.05.2025", ("excel_date", "no_house")),
        ("Ленина 2025-05-02", ("excel_date", "no_house")),
        ("Ленина, фев.05", ("excel_date", "no_house")),
    ],
)
def test_what_is_wrong_is_told(query, faults):
    assert normalise(query).faults == faults


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("Ленина 5", ["ленина, 5"]),
        ("Lenina 5", ["ленина, 5", "lenina, 5"]),
        ("Main 5", ["main, 5", "майн, 5"]),
        ("ktybyf 5", ["ленина, 5", "ktybyf, 5"]),
        ("12 Main Street", ["main street, 12"]),
        ("Muenchen, Leopoldstr. 5", ["muenchen, leopoldstrasse, 5", "munchen, leopoldstrasse, 5"]),
    ],
)
def test_readings(query, texts):
    assert [form.text for form in readings(query)][: len(texts)] == texts


def test_the_first_reading_is_the_normal_form():
    for line in UNDERSTOOD:
        query = line.split("|")[0]
        assert readings(query, "Тверь")[0] == normalise(query, "Тверь")


def test_initials_are_kept_beside_the_name():
    with_initials, without = street_name("улица А. С. Пушкина"), street_name("улица Пушкина")
    assert with_initials.core == without.core
    assert with_initials.key != without.key
    assert (with_initials.initials, without.initials) == ("а.с.", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hauptstraße", "Haupt Strasse"),
        ("Kerkstraat", "KERK STRAAT"),
        ("Достық даңғылы", "проспект Достык"),
        ("праспект Незалежнасці", "проспект Незалежнасци"),
        ("Карла Маркса көшесі", "улица Карла Маркса"),
        ("МКАД 47-й км", "47-й километр МКАД"),
        ("22-го Партсъезда улица", "ул. XXII Партсъезда"),
        ("Park Road", "Park Rd"),
    ],
)
def test_two_spellings_are_one_street(one, other):
    assert street_name(one).key == street_name(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Park Road", "Grove Park Road"),
        ("МКАД 47-й км", "МКАД 48-й км"),
        ("Park Street", "Park Road"),
        ("улица Набережная", "Набережный переулок"),
    ],
)
def test_two_streets_stay_two(one, other):
    assert street_name(one).key != street_name(other).key


@pytest.mark.parametrize("marker", ["д. ", "дом ", "№ ", "дом № ", "зд. ", ""])
@pytest.mark.parametrize("number", ["5", "5а", "5/2", "5к2", "5 корп. 2 стр. 1", "5 лит. А"])
def test_a_house_is_the_same_behind_every_marker(marker, number):
    assert normal_house(marker + number, "улица") == normal_house(number, "улица")
