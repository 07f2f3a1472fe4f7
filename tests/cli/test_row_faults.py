"""Faults of a row: quarantined with line and reason, and the rest of the file loads."""

from __future__ import annotations

import csv
import io

import pytest

STORES = ("sqlite", "postgis")
PLAIN = {
    "external_id": "", "source": "", "created_at": "2026-02-20T10:00:00+03:00", "updated_at": "",
    "occurred_at": "", "state": "open", "closed_at": "", "customer_id": "", "address": "",
    "city": "", "address_kind": "", "lat": "59.9387", "lon": "30.2733", "accuracy_m": "",
    "place": "", "technology": "", "roaming": "", "channel": "", "language": "", "contact": "",
    "segment": "", "topic": "no_service", "ltv": "", "critical": "", "text": "",
}  # fmt: skip
# What is wrong with a row, and what its reason has to name.
FAULTS: dict[str, tuple[dict[str, str], str]] = {
    "no id": ({"external_id": ""}, "external_id"),
    "blank id": ({"external_id": "   "}, "external_id"),
    "no time": ({"created_at": ""}, "created_at"),
    "no time at all": ({"created_at": "yesterday"}, "yesterday"),
    "30 February": ({"created_at": "2026-02-30T10:00:00+03:00"}, "2026-02-30"),
    "25 o'clock": ({"created_at": "2026-02-20T25:00:00+03:00"}, "T25:00"),
    "1970": ({"created_at": "1970-01-01T00:00:00Z"}, "1970"),
    "2090": ({"created_at": "2090-01-01T00:00:00Z"}, "2090"),
    "year 0": ({"created_at": "0000-00-00 00:00:00"}, "0000-00-00"),
    "updated in 2090": ({"updated_at": "2090-01-01T00:00:00Z"}, "updated_at"),
    "occurred in 1970": ({"occurred_at": "1970-01-01T00:00:00Z"}, "occurred_at"),
    "closed never": ({"closed_at": "never"}, "closed_at"),
    "swapped": ({"lat": "30.2733", "lon": "59.9387"}, "30.2733"),
    "zero, zero": ({"lat": "0", "lon": "0"}, "0"),
    "zero, zero in full": ({"lat": "0.000000", "lon": "-0.0"}, "0"),
    "not a number": ({"lat": "NaN"}, "lat"),
    "lon not a number": ({"lon": "nan"}, "lon"),
    "infinite": ({"lat": "inf"}, "lat"),
    "minus infinite": ({"lon": "-Infinity"}, "lon"),
    "beyond any float": ({"lat": "1e400"}, "1e400"),
    "beyond the pole": ({"lat": "91"}, "91"),
    "beyond the date line": ({"lon": "181"}, "181"),
    "a word": ({"lat": "north"}, "north"),
    "lat alone": ({"lon": ""}, "lon"),
    "NUL in the text": ({"text": "нет\0связи"}, "text"),
    "NUL in the id": ({"external_id": "a\0b"}, "external_id"),
    "NUL in the address": ({"address": "Мира\0 5"}, "address"),
    "impossible topic": ({"topic": "flying_saucer"}, "flying_saucer"),
    "impossible state": ({"state": "maybe"}, "maybe"),
    "impossible kind": ({"address_kind": "castle"}, "castle"),
    "impossible place": ({"place": "cloud"}, "cloud"),
    "impossible technology": ({"technology": "6g"}, "6g"),
    "impossible channel": ({"channel": "pigeon"}, "pigeon"),
    "impossible language": ({"language": "tlh"}, "tlh"),
    "impossible segment": ({"segment": "royal"}, "royal"),
    "impossible roaming": ({"roaming": "perhaps"}, "perhaps"),
    "impossible critical": ({"critical": "2"}, "critical"),
    "negative LTV": ({"ltv": "-5"}, "-5"),
    "LTV not a number": ({"ltv": "nan"}, "ltv"),
    "LTV infinite": ({"ltv": "inf"}, "ltv"),
    "LTV a word": ({"ltv": "much"}, "much"),
    "negative accuracy": ({"accuracy_m": "-3"}, "-3"),
    "accuracy infinite": ({"accuracy_m": "inf"}, "accuracy_m"),
}  # fmt: skip
# Unusual, yet nothing is wrong with them.
FINE = {
    "emoji": {"text": "нет связи 📵😡 👨‍👩‍👧", "address": "Мира, 5 🏠"},
    "emoji id": {"external_id": "🆔-1"},
    "a day only": {"created_at": "2026-02-20"},
    "a naive time": {"created_at": "2026-02-20 10:00:00"},
    "a time with Z": {"created_at": "2026-02-20T07:00:00Z"},
    "unlocated": {"lat": "", "lon": ""},
    "LTV of nothing": {"ltv": "0"},
    "a text of two lines": {"text": "нет связи\nвторой день"},
    "quotes": {"text": 'сказали "ждите", ; и всё'},
    "markup": {"text": "<img src=x onerror=alert(1)> ${1} `x` '; DROP TABLE complaint;--"},
    "formula": {"text": "=1+1", "external_id": "=2+2"},
    "right to left": {"text": "\u202eсвязи нет", "address": "e\u0301 ё\u0308"},
    "no topic": {"topic": ""},
}


def lines() -> tuple[str, dict[str, int]]:
    """Give the file, and the line each row starts on, by its name."""
    text, starts = io.StringIO(newline=""), {}
    writer = csv.DictWriter(text, list(PLAIN), lineterminator="\n")
    writer.writeheader()
    both = [(name, fault) for name, (fault, _) in FAULTS.items()]
    # Good and bad rows take turns, so that a bad one spoils its neighbours where it can.
    for name, changed in sorted([*both, *FINE.items()], key=lambda pair: hash_of(pair[0])):
        starts[name] = text.getvalue().count("\n") + 1
        writer.writerow({**PLAIN, "external_id": f"id {name}", **changed})
    starts["too many fields"] = text.getvalue().count("\n") + 1
    text.write("many,,2026-02-20T10:00:00+03:00" + ",x" * len(PLAIN) + "\n")
    starts["too few fields"] = text.getvalue().count("\n") + 1
    text.write("few,,2026-02-20T10:00:00+03:00\n")
    return text.getvalue(), starts


def hash_of(name: str) -> int:
    import zlib

    return zlib.crc32(name.encode())


@pytest.fixture(scope="module", params=STORES)
def taken_in(request, made, stores, tmp_path_factory, prompt_at):
    """Give a prompt at a store that took the whole table in, and what the command said."""
    url = stores.copy(made("region", request.param))
    shell = prompt_at(tmp_path_factory.mktemp("rows"), url)
    text, starts = lines()
    shell.file("rows.csv", text)
    told = shell("ingest", "rows.csv", "--json")
    listed = shell("quarantine", "list", "--limit", 1000, "--json")
    return shell, starts, told, listed


def test_the_rest_loads_and_the_counts_add_up(taken_in):
    shell, starts, told, _ = taken_in
    counts = told.done().json
    assert counts["rows_in"] == len(starts)
    assert counts["quarantined"] == len(FAULTS) + 2
    assert counts["new"] == len(FINE)
    assert counts["updated"] == counts["unchanged"] == 0
    assert counts["unlocated"] == 1
    assert shell.count()["complaint"] == len(FINE)


@pytest.mark.parametrize("fault", [*FAULTS, "too many fields", "too few fields"])
def test_a_faulty_row_waits_in_quarantine_with_line_and_reason(taken_in, fault):
    _, starts, _, listed = taken_in
    waiting = {row["line"]: row for row in listed.done().json["rows"]}
    assert starts[fault] in waiting, fault
    row = waiting[starts[fault]]
    named = FAULTS[fault][1] if fault in FAULTS else "field"
    assert named in row["reason"], row["reason"]
    assert row["file"].endswith("rows.csv")
    assert "\0" not in row["reason"]


@pytest.mark.parametrize("name", FINE)
def test_an_unusual_row_is_taken_in(taken_in, name):
    shell, starts, _, listed = taken_in
    assert starts[name] not in {row["line"] for row in listed.done().json["rows"]}
    wanted = FINE[name].get("external_id", f"id {name}")
    stored = shell.rows(
        "SELECT c.external_id, p.text, p.address FROM complaint c JOIN personal p"
        " ON p.complaint_id = c.id"
    )
    [(_, text, address)] = [row for row in stored if row[0] == wanted]
    assert (text or "") == FINE[name].get("text", "")
    assert (address or "") == FINE[name].get("address", "")


def test_the_raw_row_is_kept(taken_in):
    shell, _, _, _ = taken_in
    [(kept,)] = shell.rows(
        "SELECT p.raw_row FROM personal p JOIN quarantine q ON p.quarantine_id = q.id"
        " WHERE q.reason LIKE '%flying_saucer%'"
    )
    assert "flying_saucer" in kept
    assert "id impossible topic" in kept


def test_the_list_shows_line_and_reason_to_people(taken_in):
    shell, starts, _, _ = taken_in
    out = shell("quarantine", "list", "--limit", 1000).done().out
    assert f"rows.csv:{starts['1970']}: " in out
    assert len([line for line in out.splitlines() if "rows.csv:" in line]) == len(FAULTS) + 2


def test_the_list_tells_how_many_it_does_not_show(taken_in):
    shell, _, _, _ = taken_in
    told = shell("quarantine", "list", "--limit", 3, "--json").done().json
    assert len(told["rows"]) == 3
    assert told["total"] == len(FAULTS) + 2


def test_the_same_file_again_doubles_nothing(taken_in):
    shell, starts, _, _ = taken_in
    before = shell.count()
    again = shell("ingest", "rows.csv", "--json").done().json
    after = shell.count()
    assert again["unchanged"] == len(FINE)
    assert again["quarantined"] == len(FAULTS) + 2
    assert again["rows_in"] == len(starts)
    assert {n: c for n, c in after.items() if n != "intake_run"} == {
        n: c for n, c in before.items() if n != "intake_run"
    }


@pytest.mark.parametrize("flags", [(), ("--json",), ("--dry-run",)])
def test_no_usable_row_is_a_failure(fresh, flags):
    fresh.table("bad.csv", {"external_id": "", "created_at": ""}, {"external_id": "1"})
    told = fresh("ingest", "bad.csv", *flags)
    assert told.code == 1
    assert "Traceback" not in told.err
    if "--json" in flags:
        assert told.json["quarantined"] == told.json["rows_in"] == 2
    waiting = fresh("quarantine", "list", "--json").done().json["total"]
    assert waiting == (0 if "--dry-run" in flags else 2)


def test_what_is_said_of_a_faulty_row_does_not_give_personal_data_away(fresh):
    row = {"external_id": "1", "created_at": "1970-01-01", "contact": "+79000000001"}
    good = {"external_id": "2", "created_at": "2026-02-20"}
    fresh.table("rows.csv", row | {"text": "secret words"}, good)
    said = [fresh("ingest", "rows.csv"), fresh("quarantine", "list"),
            fresh("quarantine", "list", "--json")]  # fmt: skip
    for told in said:
        told.done()
        assert "+79000000001" not in told.out + told.err
        assert "secret words" not in told.out + told.err


@pytest.mark.parametrize(
    ("lat", "lon"), [("131.9", "43.1"), ("43.1,131.9", ""), ("59°56'N", "30°16'E")]
)
def test_coordinates_that_are_none_anywhere(embedded, lat, lon):
    """Without territories, too."""
    base = {"created_at": "2026-02-20", "lat": "43.1", "lon": "131.9"}
    bad = {"external_id": "1", **base, "lat": lat, "lon": lon}
    embedded.table("c.csv", bad, {"external_id": "2", **base})
    counts = embedded("ingest", "c.csv", "--json").done().json
    assert (counts["new"], counts["quarantined"]) == (1, 1)


SUBSCRIBERS = {
    "no cell": (",10", "cell"),
    "not a cell": ("banana,10", "banana"),
    "a cell too fine": ("8a110614b5affff,10", "8a110614b5affff"),
    "an edge": ("11589110614b5bffff"[:16] + ",10", ""),
    "negative": ("89110614b57ffff,-5", "-5"),
    "not a number": ("89110614b57ffff,nan", "nan"),
    "a word": ("89110614b57ffff,many", "many"),
}


@pytest.mark.parametrize("fault", SUBSCRIBERS)
def test_a_faulty_row_of_subscribers_is_told_and_the_rest_loads(embedded, fault):
    row, named = SUBSCRIBERS[fault]
    embedded.file("s.csv", f"cell,subscribers\n89110614b5bffff,7\n{row}\n")
    told = embedded("subscribers", "load", "s.csv", "--json")
    if told.code:  # refusing the whole file is as honest, if it says where
        told.refused("s.csv", named)
        assert embedded.count()["subscriber_count"] == 0
        return
    counts = told.done().json
    assert counts["rows_in"] == 2
    assert counts["new"] + counts["updated"] + counts["unchanged"] + counts["refused"] == 2
    assert counts["refused"] == 1
    assert "3" in told.err
    assert named in told.err
