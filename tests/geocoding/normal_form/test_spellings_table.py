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
М. Горького 3 | | горького | 3
ул. А.С. Пушкина, 10 | | улица пушкина | 10
Пушкина А.С. 5 | | пушкина | 5
ул. С.Разина 5 | | улица разина | 5
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
    assert with_initials == without
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
