"""The commands about profiles, and the worked example of docs/profiles.md as it is printed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

DOC = Path(__file__).parents[2] / "docs/profiles.md"
EXPORT = "№ заявки;Дата обращения;Тематика;Канал;Филиал\n" + "".join(
    f"З-{n};{n % 28 + 1:02}.01.2026 08:{n % 60:02};{topic};Звонок;Юг\n"
    for n, topic in enumerate(["Нет связи", "Обрыв связи", "Тарифы"] * 20)
)


def block(kind: str) -> str:
    """Give the first block of a kind that the document prints."""
    found = re.search(rf"```{kind}\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_worked_example_runs_as_it_is_printed(fresh):
    fresh.file("export.csv", block("csv"), "cp1251")
    fresh.file("my-crm.toml", block("toml"))
    tried = fresh("ingest", "export.csv", "--profile", "my-crm.toml", "--dry-run").done()
    assert tried.out.startswith(block("text").strip())
    assert "Анна" not in tried.out
    assert "columns not used: Абонент." in tried.err
    fresh("ingest", "export.csv", "--profile", "my-crm.toml").done()
    assert fresh.rows(
        "SELECT c.external_id, c.source, c.topic, c.channel, p.city, p.extra FROM complaint c"
        " JOIN personal p ON p.complaint_id = c.id ORDER BY c.external_id"
    ) == [
        ("З-001", "servicedesk", "no_service", "call", "Санкт-Петербург", '{"Тариф":"Смарт"}'),
        ("З-002", "servicedesk", "slow_internet", "chat", "Санкт-Петербург", '{"Тариф":"Смарт"}'),
        ("З-003", "servicedesk", "other", "office", "Санкт-Петербург", '{"Тариф":"Бизнес"}'),
    ]


def test_the_document_tells_of_every_key():
    from heatmaps.complaints.profiles import Profile

    text = DOC.read_text(encoding="utf-8")
    table = text[text.index("## Every key") :]
    for key in Profile.model_fields:
        assert re.search(rf"`\[?{key}(\.COLUMN)?\]?`", table), key


def test_a_suggestion_is_written_and_then_used(fresh):
    fresh.file("export.csv", EXPORT, "cp1251")
    told = fresh("profile", "suggest", "export.csv", "--out", "p.toml", "--json").done().json
    assert told["found"]["external_id"] == "№ заявки"
    assert told["unused"] == ["Филиал"]
    assert (fresh.folder / "p.toml").read_text(encoding="utf-8") == told["text"]
    counts = fresh("ingest", "export.csv", "-p", "p.toml", "--json").done().json
    assert (counts["new"], counts["quarantined"]) == (60, 0)


def test_a_suggestion_is_printed_as_toml(anywhere):
    anywhere.file("export.csv", EXPORT)
    told = anywhere("profile", "suggest", "export.csv").done()
    assert tomllib.loads(told.out)["columns"]["topic"] == "Тематика"


def test_a_profile_somebody_worked_on_is_not_overwritten(anywhere):
    anywhere.file("export.csv", EXPORT)
    anywhere("profile", "suggest", "export.csv", "--out", "p.toml", "--dry-run").done()
    assert not (anywhere.folder / "p.toml").exists()
    anywhere("profile", "suggest", "export.csv", "--out", "p.toml").done()
    anywhere("profile", "suggest", "export.csv", "--out", "p.toml").done()
    anywhere.file("p.toml", "source = 'mine'\n")
    anywhere("profile", "suggest", "export.csv", "--out", "p.toml").refused("p.toml", code=2)
    assert (anywhere.folder / "p.toml").read_text() == "source = 'mine'\n"
    anywhere("profile", "suggest", "export.csv", "--out", "no/p.toml").refused("no/p.toml", code=2)


def test_subscribers_are_suggested_by_kind_and_loaded(embedded):
    embedded.file("s.csv", "H3;Абоненты\n89110614b5bffff;120\n89110614b57ffff;7\n")
    embedded("profile", "suggest", "s.csv", "--kind", "subscribers", "--out", "s.toml").done()
    told = embedded("subscribers", "load", "s.csv", "--profile", "s.toml", "--json").done().json
    assert (told["new"], told["refused"]) == (2, 0)


def test_packaged_profiles_are_listed_and_shown(anywhere):
    listed = anywhere("profile", "list", "--json").done().json["profiles"]
    assert {"boston311", "default", "subscribers"} <= {each["name"] for each in listed}
    assert "boston311" in anywhere("profile", "list").done().out
    for each in listed:
        assert tomllib.loads(anywhere("profile", "show", each["name"]).done().out) is not None
    shown = anywhere("profile", "show", "boston311", "--json").done().json["profile"]
    assert shown["timezone"] == "America/New_York"


@pytest.mark.parametrize(
    "asked", [("show", "bosten"), ("show", "no.toml"), ("suggest", "no.csv"), ("suggest", ".")]
)
def test_what_is_not_there_is_one_sentence(anywhere, asked):
    anywhere("profile", *asked).refused(asked[1])
