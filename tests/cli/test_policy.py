"""The policy before a change and after it, as an administrator meets it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from heatmaps.policy import PACKAGED_POLICY

MINUTE = timedelta(minutes=1)
PACKAGED = PACKAGED_POLICY.read_text(encoding="utf-8")
STRICT = PACKAGED.replace("min_customers = 3 ", "min_customers = 5 ", 1)


@pytest.fixture
def strict(fresh):
    return fresh.file("строже.toml", STRICT)


def test_a_preview_of_an_empty_store_says_so_and_what_would_change(fresh, strict):
    before = fresh.dump()
    said = fresh("policy", "preview", strict, "--days", "90").done().out
    assert "detection.min_customers: 3 → 5" in said
    assert "no history to replay" in said
    told = fresh("policy", "preview", strict, "--json").done().json
    assert (told["version"], told["hours"], told["comparison"]) == (1, 0, None)
    assert fresh.dump() == before


def test_a_preview_of_the_ruling_policy_says_it_is_the_same(fresh):
    same = fresh.file("same.toml", PACKAGED)
    assert "says the same as version 1" in fresh("policy", "preview", same).done().out


def test_a_preview_shows_both_policies_side_by_side(quick):
    at = datetime.now(UTC) - timedelta(hours=4)
    rows = [f"{n},{(at + n * MINUTE).isoformat()},c{n},59.95,30.24,no_service" for n in range(3)]
    head = "external_id,created_at,customer_id,lat,lon,topic"
    quick("ingest", quick.file("few.csv", "\n".join([head, *rows]))).done()
    other = quick("policy", "show").done().out.replace("mass = 1.0", "mass = 3.0", 1)
    file = quick.file("weights.toml", other)
    before = quick.dump()
    said = quick("policy", "preview", file, "--days", "2").done().out
    assert "priority.segment.mass: 1.0 → 3.0" in said
    assert "history is shorter than the 2 days" in said
    assert "found once, weighed twice" in said
    told = quick("policy", "preview", file, "--days", "2", "--json").done().json
    assert (told["hours"], told["complaints"], told["same_spots"]) == (4, 3, True)
    assert told["comparison"]["ruling"] == told["comparison"]["new"]
    assert quick.dump() == before


@pytest.mark.parametrize("days", ["0", "-3", "many"])
def test_a_preview_of_no_days_is_wrong_use(fresh, strict, days):
    assert fresh("policy", "preview", strict, "--days", days).code == 2


def test_a_preview_of_a_policy_that_cannot_rule_names_the_value(fresh):
    wrong = fresh.file("wrong.toml", PACKAGED.replace("vip = 2.5", "vip = -1", 1))
    fresh("policy", "preview", wrong).refused("priority.segment.vip = -1")


def test_rolling_back_makes_the_old_text_the_newest(fresh, strict):
    fresh("policy", "load", strict, "--by", "Анна").done()
    assert "dry run" in fresh("policy", "rollback", "1", "--dry-run").done().out
    assert "min_customers = 5" in fresh("policy", "show").done().out
    assert fresh("policy", "rollback", "1", "--by", "Пётр", "--json").done().json == {
        "version": 3, "new": True, "dry_run": False,
    }  # fmt: skip
    assert fresh("policy", "rollback", "1").done().out.startswith("Version 3 says this already")
    first, second, third = fresh("policy", "history", "--json").done().json["versions"]
    assert (first["changes"], second["by"], third["by"]) == ([], "Анна", "Пётр")
    assert third["changes"] == [{"field": "detection.min_customers", "before": 5, "after": 3}]
    listed = fresh("policy", "history").done().out
    assert "version 1  by Пётр" in listed
    assert "detection.min_customers: 5 → 3" in listed


def test_there_is_no_rolling_back_to_a_version_that_never_was(fresh):
    assert fresh("policy", "rollback", "7").refused("no version 7").code == 2
