"""A profile suggested for files in the manner of several CRMs loads, fits, and says its doubts."""

import runpy
import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from heatmaps.complaints.profiles import Kind, load_profile
from heatmaps.complaints.readers import check_file, read_batches
from heatmaps.complaints.suggestion.moments import read_moments
from heatmaps.complaints.suggestion.profile import suggest_profile
from heatmaps.complaints.suggestion.vocabulary import header_scores, word_for
from heatmaps.complaints.validation import Intake, validate
from heatmaps.errors import FileError

CRMS = runpy.run_path(str(Path(__file__).with_name("crms.py")))
EXPORTS, ROWS = CRMS["EXPORTS"], CRMS["ROWS"]
NOW = datetime(2026, 12, 1, tzinfo=UTC)

# What each file has to be understood as; columns of theirs by ours.
UNDERSTOOD = {
    "remedy.csv": {
        "external_id": "Incident ID*+", "created_at": "Submit Date", "state": "Статус",
        "updated_at": "Last Modified Date", "address": "Адрес проблемы", "contact": "Phone Number",
        "topic": "Категория", "channel": "Reported Source", "text": "Описание проблемы",
    },
    "service desk.tsv": {
        "external_id": "Рег. номер", "created_at": "Зарегистрировано", "closed_at": "Завершено",
        "state": "Состояние", "customer_id": "Л/С", "contact": "MSISDN", "city": "Насел. пункт",
        "address": "Улица, дом (адрес)", "lat": "Широта", "lon": "Долгота",
        "topic": "Причина обращения", "channel": "Канал связи", "segment": "Тип клиента",
        "text": "Суть обращения", "technology": "Стандарт связи",
    },
    "kazakh.csv": {
        "external_id": "Өтініш нөмірі", "created_at": "Тіркелген күні", "customer_id": "Жеке шот",
        "address": "Мекенжай", "topic": "Өтініш түрі", "channel": "Байланыс арнасы",
        "state": "Күйі", "language": "Тілі", "text": "Мәтін",
    },
    "salesforce.csv": {
        "external_id": "Case Number", "created_at": "Date/Time Opened", "channel": "Case Origin",
        "state": "Status", "customer_id": "Account Number", "contact": "Contact Email",
        "address": "Street", "city": "City", "topic": "Issue Type",
    },
    "bitrix.xlsx": {
        "external_id": "№ заявки", "created_at": "Дата обращения", "closed_at": "Дата закрытия",
        "customer_id": "ЛС", "contact": "Контактный тел.", "city": "Населённый пункт",
        "address": "Адрес", "lat_lon": "Координаты", "topic": "Тематика обращения",
        "channel": "Способ обращения", "segment": "Сегмент", "ltv": "LTV, руб.",
    },
    "zendesk.jsonl": {
        "external_id": "id", "created_at": "created_at", "updated_at": "updated_at",
        "state": "status", "customer_id": "requester_id", "channel": "via.channel",
        "topic": "custom.issue_category", "address": "custom.address", "city": "custom.city",
        "text": "description",
    },
    "lake.parquet": {
        "external_id": "ticket_sk", "created_at": "open_ts", "closed_at": "close_ts",
        "contact": "msisdn", "customer_id": "subs_id", "topic": "reason_code", "technology": "rat",
        "segment": "cust_segment", "lat": "geo_lat", "lon": "geo_lon", "roaming": "is_roaming",
    },
}  # fmt: skip
# Words that must come out of the values, among others.
WORDS = {
    "remedy.csv": {"no_service", "voice_quality", "slow_internet", "other", "call", "email",
                   "open", "closed", "withdrawn"},
    "service desk.tsv": {"dropped_calls", "slow_internet", "call", "social", "office", "app",
                         "mass", "b2b", "b2g", "4g", "3g", "closed", "open"},
    "kazakh.csv": {"no_service", "slow_internet", "dropped_calls", "other", "call", "office",
                   "app", "closed", "open", "kk"},
    "salesforce.csv": {"no_service", "dropped_calls", "call", "web", "email", "closed"},
    "bitrix.xlsx": {"dropped_calls", "no_service", "slow_internet", "call", "chat", "office",
                    "messenger", "mass", "b2b", "vip"},
    "zendesk.jsonl": {"no_coverage", "dropped_calls", "web", "email", "call", "chat", "closed"},
    "lake.parquet": {"no_service", "dropped_calls", "slow_internet", "4g", "3g", "5g", "mass"},
}  # fmt: skip


@pytest.fixture(scope="module", params=EXPORTS)
def export(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / request.param
    EXPORTS[request.param](path)
    return path


@pytest.fixture(scope="module")
def suggested(export):
    return suggest_profile(export)


def taken_in(path, text, tmp_path, kind=Kind.COMPLAINTS):
    """Load a suggested profile and take the file in by it."""
    named = tmp_path / "suggested.toml"
    named.write_text(text, encoding="utf-8")
    profile = load_profile(named, kind)
    intake = Intake(profile, NOW, ZoneInfo("Europe/Moscow"))
    return [validate(batch, intake) for batch in read_batches(check_file(path, profile))]


def test_an_export_is_understood_and_its_profile_takes_every_row_in(export, suggested, tmp_path):
    wanted = UNDERSTOOD[export.name]
    assert {ours: suggested.found.get(ours) for ours in wanted} == wanted
    done = taken_in(export, suggested.text, tmp_path)
    assert not [each.reason for one in done for each in one.refused]
    assert sum(len(one.complaints) for one in done) == ROWS
    words = Counter(
        word
        for one in done
        for name in ("topic", "channel", "segment", "state", "technology", "language")
        for word in getattr(one.complaints, name)
    )
    assert WORDS[export.name] <= set(words), words


def test_every_column_of_the_file_is_told_of(export, suggested):
    told = {*suggested.found.values(), *suggested.unused}
    header = check_names_of(export, suggested)
    for name in set(header) - told:
        assert name in suggested.text, name


def check_names_of(path, suggested):
    from heatmaps.complaints.profiles import Profile
    from heatmaps.complaints.readers import open_source

    row = 2 if "header_row = 2" in suggested.text else None
    return open_source(path, Profile(header_row=row))[1].header


@pytest.mark.parametrize("export", ["remedy.csv", "bitrix.xlsx"], indirect=True)
def test_who_somebody_is_is_left_to_people(suggested):
    assert "name" not in suggested.found
    assert "who it is: only if it is needed" in suggested.text


def test_values_nobody_understands_are_listed_with_their_counts(tmp_path):
    EXPORTS["remedy.csv"](tmp_path / "r.csv")
    text = suggest_profile(tmp_path / "r.csv").text
    assert '#   "Тарифы"' in text
    assert "taken for critical" in text
    assert '# timezone = "Europe/Moscow"' in text
    assert '# keep = ["Assigned Group"]' in text


def table(header, *rows):
    return "\n".join(",".join(each) for each in (header, *rows)) + "\n"


def ambiguous(days):
    rows = [(f"T{n}", day, f"{n % 9},{n}00") for n, day in enumerate(days)]
    return table(("ticket id", "opened"), *(row[:2] for row in rows))


@pytest.mark.parametrize(
    ("days", "form", "doubt"),
    [
        (["01/02/2026 10:00", "02/03/2026 11:00"], "%d/%m/%Y %H:%M", True),
        (["01/02/2026 10:00", "22/03/2026 11:00"], "%d/%m/%Y %H:%M", False),
        (["01/02/2026 10:00", "03/22/2026 11:00"], "%m/%d/%Y %H:%M", False),
        (["01/02/2026 10:00 AM", "02/03/2026 11:00 PM"], "%m/%d/%Y %I:%M %p", True),
    ],
)
def test_a_doubtful_day_is_told_and_a_sure_one_is_not(file, days, form, doubt):
    suggested = suggest_profile(file(ambiguous(days)))
    assert f'time_formats = ["{form}"]' in suggested.text
    assert any("day and month exchanged" in each for each in suggested.doubts) == doubt


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["2026-02-01T10:00:00Z"], ("iso",)),
        (["01.02.2026", "01.02.2026 10:00"], ("%d.%m.%Y", "%d.%m.%Y %H:%M")),
        (["1769940000", "1769950000"], ("unix",)),
        (["1769940000123"], ("unix_ms",)),
        (["46027.354167", "46028", "46028,5"], ("excel",)),
        (["1 января 2026 г. 10:30", "12 Мая 2026 г. 09:05"], ("%d %B %Y г. %H:%M",)),
        (["1 қаңтар 2026", "2 мамыр 2026"], ("%d %B %Y",)),
        (["1 January 2026", "2 March 2026"], ("%d %B %Y",)),
        (["05-Feb-2026 10:00"], ("%d-%b-%Y %H:%M",)),
        (["79261234567", "79261234568"], ()),
        (["нет", "да"], ()),
        ([], ()),
    ],
)
def test_forms_of_times_are_found_by_trying(texts, formats):
    assert read_moments(texts).formats == formats


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("№ обращения", "external_id"), ("IncidentNumber", "external_id"),
        ("Номер телефона", "contact"), ("Лицевой счёт", "customer_id"),
        ("Дата закрытия", "closed_at"),
        ("Плановая дата закрытия", None), ("Кем создано", None), ("Номер договора", "customer_id"),
        ("Адрес эл. почты", None), ("Email Address", "contact"), ("Мекен-жайы", "address"),
        ("created_on", "created_at"), ("Дата рождения", None), ("GPS", "lat_lon"),
    ],
)  # fmt: skip
def test_a_header_names_a_column_of_ours_or_none(header, ours):
    scores = header_scores(header, Kind.COMPLAINTS)
    best = max(scores, key=scores.get, default=None)
    assert best == ours or (ours is None and scores.get(best, 0) < 1)
    if ours is None:
        assert "created_at" not in scores
        assert "address" not in scores


@pytest.mark.parametrize(
    ("ours", "value", "word"),
    [
        ("topic", "Связь не ловит", "no_service"), ("topic", "Не медленный", None),
        ("state", "Не решено", None), ("state", "Решено", "closed"),
        ("channel", "WhatsApp", "messenger"),
        ("channel", "Электронное письмо", "email"), ("channel", "Письмо", "letter"),
        ("technology", "4G LTE", "4g"), ("technology", "3G/4G", None), ("segment", "B2C", "mass"),
    ],
)  # fmt: skip
def test_a_value_says_a_word_or_leaves_it_open(ours, value, word):
    assert word_for(ours, value).ours == word


def test_a_column_with_our_name_and_other_content_is_not_read(file, tmp_path):
    header = ("external_id", "created_at", "state", "topic")
    rows = [(f"A{n}", "2026-02-01 10:00", f"text of its own {n}", "no_service") for n in range(40)]
    path = file(table(header, *rows))
    suggested = suggest_profile(path)
    assert "state = []" in suggested.text
    assert not [each for one in taken_in(path, suggested.text, tmp_path) for each in one.refused]


def test_columns_without_names_are_found_by_what_they_hold(file, tmp_path):
    rows = [(f"X{n}", f"2026-02-{n + 1:02} 10:00", f"+7926123{n:04}", "59.9") for n in range(20)]
    path = file(table(("a", "b", "c", "d"), *rows))
    suggested = suggest_profile(path)
    assert suggested.found == {"external_id": "a", "created_at": "b", "contact": "c"}
    assert suggested.text.count("# by its values") == 3
    assert not [each for one in taken_in(path, suggested.text, tmp_path) for each in one.refused]


def test_ids_that_a_spreadsheet_cut_are_in_doubt(file):
    rows = "".join(f"1,23457E+17;0{n}.02.2026 10:00;7,7E+09\n" for n in range(1, 9))
    doubts = suggest_profile(file("Номер;Дата обращения;ЛС\n" + rows)).doubts
    cut = [each for each in doubts if "was cut by a spreadsheet" in each]
    assert [each.split("'")[1] for each in cut] == ["Номер", "ЛС"]


@pytest.mark.parametrize("name", ["geom", "Координаты"])
def test_points_in_wkt_are_longitude_first(file, tmp_path, name):
    rows = [(str(n), f"2026-01-05 10:0{n}:00", f"POINT (30.3{n} 59.93)") for n in range(8)]
    path = file(table(("id", "created", name), *rows))
    suggested = suggest_profile(path)
    assert suggested.found["lon_lat"] == name
    (done,) = taken_in(path, suggested.text, tmp_path)
    assert done.complaints.lat.tolist() == [59.93] * 8


DAY, CLOCK = "0{}.02.2026", "{}:30"


@pytest.mark.parametrize(
    ("header", "row", "joined"),
    [
        ("Номер;Дата;Время;Адрес", ("A{}", DAY, CLOCK, "Мира, {}"), ["Дата", "Время"]),
        ("Номер;Время;Дата;Адрес", ("A{}", CLOCK, DAY, "Мира, {}"), ["Дата", "Время"]),
        ("Номер;Дата;Адрес;Время", ("A{}", "2026-02-0{}", "Мира, {}", "1{}:30:00"),
         ["Дата", "Время"]),
        ("Номер;Дата;Время;Дата закрытия;Время закрытия", ("A{}", DAY, CLOCK, DAY, CLOCK),
         ["Дата", "Время"]),
        ("Номер;Дата;Адрес", ("A{}", DAY, "Мира, {}"), None),
    ],
)  # fmt: skip
def test_days_and_times_of_day_in_two_columns_are_joined(file, tmp_path, header, row, joined):
    rows = "".join(";".join(row).replace("{}", str(n)) + "\n" for n in range(1, 9))
    path = file(f"{header}\n{rows}")
    suggested = suggest_profile(path)
    columns = tomllib.loads(suggested.text)["columns"]
    assert columns["created_at"] == ({"join": joined} if joined else "Дата")
    if "closed_at" in columns:
        assert columns["closed_at"] == {"join": ["Дата закрытия", "Время закрытия"]}
    (done,) = taken_in(path, suggested.text, tmp_path)
    assert len(done.complaints) == 8
    assert done.complaints.flags == [() if joined else ("date_only",)] * 8
    assert any("no time of day" in each for each in suggested.doubts) == (joined is None)


def test_days_as_excel_counts_them_are_read_and_in_doubt(file, tmp_path):
    rows = [(f"A{n}", f"4602{n}.354167", "Мира 1") for n in range(8)]
    for name in ("Дата обращения", "Дата"):
        path = file(table(("Номер", name, "Адрес"), *rows))
        suggested = suggest_profile(path)
        assert suggested.found["created_at"] == name
        assert "contact" not in suggested.found
        assert any("days since 1899-12-30" in each for each in suggested.doubts)
        (done,) = taken_in(path, suggested.text, tmp_path)
        assert (
            done.complaints.created_at[7]
            == datetime(2026, 1, 5, 5, 30, tzinfo=UTC).timestamp() * 1e6
        )


def test_what_is_missing_is_said_and_the_profile_loads_all_the_same(file, tmp_path):
    path = file(table(("mood", "weather"), ("good", "fine"), ("good", "fine")))
    suggested = suggest_profile(path)
    assert suggested.missing == ("external_id", "created_at")
    with pytest.raises(FileError, match="lacks the column external_id"):
        taken_in(path, suggested.text, tmp_path)


@pytest.mark.parametrize("hostile", ['a"b\\c', "x\ty", "=1+1", "[only]", "# x", "ключ\x7f"])
def test_names_and_values_of_any_kind_are_written_soundly(tmp_path, hostile):
    import json

    path = tmp_path / "h.jsonl"
    rows = [
        {"id": n, "created_at": "2026-02-01T10:00Z", "status": f"{hostile}{n % 2}", hostile: n % 3}
        for n in range(40)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = taken_in(path, suggest_profile(path).text, tmp_path)
    assert sum(len(one.complaints) for one in done) == 40


def test_subscribers_have_a_vocabulary_of_their_own(file, tmp_path):
    path = file(
        "Ячейка H3;Число абонентов;Регион\n89110614b5bffff;120;СПб\n89110614b57ffff;7;СПб\n"
    )
    suggested = suggest_profile(path, Kind.SUBSCRIBERS)
    assert suggested.found == {"cell": "Ячейка H3", "subscribers": "Число абонентов"}
    named = tmp_path / "s.toml"
    named.write_text(suggested.text, encoding="utf-8")
    (batch,) = read_batches(check_file(path, load_profile(named, Kind.SUBSCRIBERS)))
    assert batch.columns["subscribers"] == ["120", "7"]


def test_a_file_that_cannot_be_read_is_told(file):
    with pytest.raises(FileError, match="is empty"):
        suggest_profile(file(b""))


@pytest.mark.parametrize("rows", [2, 40])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_lines_of_a_title_above_a_header_are_passed_over(file, tmp_path, rows, encoding):
    title = "Выгрузка из CRM\nПериод: 01.01.2026-31.01.2026, все\n\n"
    body = "".join(f"{n};05.01.2026 10:{n + 10};Невский пр., {n};Не ловит\n" for n in range(rows))
    header = "Номер;Дата обращения;Адрес;Проблема\n"
    path = file((title + header + body).encode(encoding))
    suggested = suggest_profile(path)
    settings = tomllib.loads(suggested.text)
    assert settings["delimiter"] == ";"
    assert settings["header_row"] in {3, 4}
    (done,) = taken_in(path, suggested.text, tmp_path)
    assert len(done.complaints) == rows
    with_total = file((title + header + body + "\nВсего;2;;\n").encode(encoding))
    assert tomllib.loads(suggest_profile(with_total).text)["delimiter"] == ";"
    assert suggest_profile(with_total).found["address"] == "Адрес"


def test_a_name_that_stands_twice_is_in_doubt(file, tmp_path):
    path = file("external_id,created_at,Phone,Phone\n1,2026-01-01T10:00Z,a,b\n")
    suggested = suggest_profile(path)
    assert any("more than one column 'phone'" in each for each in suggested.doubts)
    (done,) = taken_in(path, suggested.text, tmp_path)
    assert len(done.complaints) == 1
