from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from heatmaps.errors import ConfigError, RuleError, UsageError
from heatmaps.policy import PACKAGED_POLICY
from heatmaps.store.policies import (
    current_policy,
    policy_versions,
    roll_back,
    save_policy,
    seed_policy,
)
from heatmaps.store.tables import PolicyVersion

AT = datetime(2026, 3, 1, tzinfo=UTC)
PACKAGED = PACKAGED_POLICY.read_text(encoding="utf-8")
STRICT = PACKAGED.replace("min_customers = 3", "min_customers = 5", 1)


@pytest.fixture
def ruled(store):
    """A store under the packaged policy and then a stricter one."""
    with store.writing() as connection:
        seed_policy(connection, AT)
        save_policy(connection, STRICT, "strict.toml", AT + timedelta(1), by="Анна  Орлова\t")
    return store


def versions(store):
    with store.reading() as connection:
        return policy_versions(connection)


def test_history_says_who_when_from_what_and_what_differs(ruled):
    first, second = versions(ruled)
    assert (first.version, first.by, first.changes) == (1, "", ())
    assert (second.origin, second.by, second.loaded_at) == (
        "strict.toml", "Анна Орлова", AT + timedelta(1),
    )  # fmt: skip
    assert [str(change) for change in second.changes] == ["detection.min_customers: 3 → 5"]


def test_rolling_back_makes_an_old_text_the_newest_and_loses_nothing(ruled):
    with ruled.writing() as connection:
        assert roll_back(connection, 1, AT, by="Пётр") == (3, True)
        assert roll_back(connection, 1, AT, by="Пётр") == (3, False)
    told = versions(ruled)
    assert [one.version for one in told] == [1, 2, 3]
    assert (told[2].origin, told[2].by) == ("version 1", "Пётр")
    assert [str(change) for change in told[2].changes] == ["detection.min_customers: 5 → 3"]
    with ruled.reading() as connection:
        assert current_policy(connection).body == PACKAGED


def test_there_is_no_way_back_to_a_version_that_never_was(ruled):
    with pytest.raises(UsageError, match=r"no version 9.*policy history"), ruled.writing() as c:
        roll_back(c, 9, AT)
    assert len(versions(ruled)) == 2


def test_a_text_of_an_older_program_comes_back_whole(store):
    older = "".join(
        line for line in STRICT.splitlines(keepends=True) if "overdue_control_h" not in line
    )
    with store.writing() as connection:
        row = {"version": 1, "loaded_at": AT, "origin": "older", "body": older}
        connection.execute(insert(PolicyVersion).values(row))
        seed_policy(connection, AT)
        save_policy(connection, PACKAGED, "packaged", AT)
        roll_back(connection, 1, AT)
    with store.reading() as connection:
        ruling = current_policy(connection)
    assert ruling.policy.detection.min_customers == 5
    assert ruling.policy.lookup.overdue_control_h == 4


def test_nobody_saves_over_a_version_they_have_not_seen(ruled):
    mine = PACKAGED.replace("max_ring = 4", "max_ring = 3", 1)
    with pytest.raises(RuleError, match=r"Version 2 .* version 1") as refused, ruled.writing() as c:
        save_policy(c, mine, "page", AT, after=1)
    assert refused.value.reason == "overtaken"
    with ruled.writing() as connection:
        assert save_policy(connection, mine, "page", AT, after=2) == (3, True)


def test_a_text_that_cannot_rule_is_not_kept(ruled):
    with pytest.raises(ConfigError, match="min_customers = 0"), ruled.writing() as connection:
        save_policy(
            connection, PACKAGED.replace("min_customers = 3", "min_customers = 0", 1), "x", AT
        )
    assert len(versions(ruled)) == 2
