from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert

from heatmaps.errors import PolicyError
from heatmaps.policy import PACKAGED_POLICY, completed, packaged_policy, parse_policy
from heatmaps.store.policies import current_policy, policy_versions, seed_policy
from heatmaps.store.tables import PolicyVersion

AT = datetime(2026, 3, 1, tzinfo=UTC)
NEWEST = """\
# What a newer program came with.
[life]
confirmed_h = 24    # a comment
reopened_h = 6

[life.terms]
short = 1

[[life.rules]]
topic = "other"

[quality]           # brand new
duplicate_h = 24
"""


def packaged() -> str:
    return PACKAGED_POLICY.read_text(encoding="utf-8")


def test_a_complete_policy_stays_word_for_word():
    assert completed(packaged(), packaged()) == packaged()
    assert completed(NEWEST, NEWEST) == NEWEST


def test_what_the_business_chose_stays_and_what_is_new_is_added():
    own = "# ours\n[life]  # our terms\nconfirmed_h = 99  # long\n"
    grown = completed(own, NEWEST)
    assert tomllib.loads(grown) == {
        "life": {
            "confirmed_h": 99, "reopened_h": 6, "terms": {"short": 1},
            "rules": [{"topic": "other"}],
        },
        "quality": {"duplicate_h": 24},
    }  # fmt: skip
    assert "# ours\n" in grown
    assert "confirmed_h = 99  # long" in grown
    assert completed(grown, NEWEST) == grown


def test_rules_the_business_emptied_are_not_brought_back():
    own = NEWEST.replace('[[life.rules]]\ntopic = "other"\n', "")
    assert "rules" not in tomllib.loads(completed(own, NEWEST))["life"]


@pytest.mark.parametrize("section", ["life", "lookup", "priority.topic", "priority.vulnerable"])
def test_any_section_a_store_lacks_comes_from_the_package(section):
    lines = packaged().splitlines(keepends=True)
    start = lines.index(next(line for line in lines if line.startswith(f"[{section}]")))
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("[")), len(lines))
    older = "".join(lines[:start] + lines[end:])
    assert parse_policy(completed(older, packaged()), "test") == packaged_policy()


def test_an_older_store_gets_a_new_version_with_what_it_lacked(store):
    older = "".join(
        line for line in packaged().splitlines(keepends=True) if "overdue_control_h" not in line
    ).replace("min_customers = 3", "min_customers = 5")
    with store.writing() as connection:
        connection.execute(delete(PolicyVersion))
        row = {"version": 1, "loaded_at": AT, "origin": "older", "body": older}
        connection.execute(insert(PolicyVersion).values(row))
        seed_policy(connection, AT)
        seed_policy(connection, AT)
    with store.reading() as connection:
        ruling = current_policy(connection)
        assert [version.version for version in policy_versions(connection)] == [1, 2]
    assert ruling.policy.detection.min_customers == 5
    assert ruling.policy.lookup == packaged_policy().lookup


def test_a_store_from_before_duration_and_vulnerable_objects_gets_their_weights(store):
    lines = packaged().splitlines(keepends=True)
    start = lines.index(next(line for line in lines if line.startswith("[priority.vulnerable]")))
    del lines[start : start + 13]
    new = ("duration_", "age_doubling_days")
    older = "".join(line for line in lines if not line.startswith(new))
    older = older.replace("silent_points = 3.0", "silent_points = 7.0")
    assert not {"vulnerable", "duration_points"} & set(tomllib.loads(older)["priority"])
    with store.writing() as connection:
        connection.execute(delete(PolicyVersion))
        row = {"version": 1, "loaded_at": AT, "origin": "older", "body": older}
        connection.execute(insert(PolicyVersion).values(row))
        seed_policy(connection, AT)
    with store.reading() as connection:
        ruling = current_policy(connection).policy.priority
    assert ruling == packaged_policy().priority.model_copy(update={"silent_points": 7.0})


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("hospital = 12.0", "castle = 12.0", "unknown key priority.vulnerable.castle"),
        ("hospital = 12.0", "hospital = -1", "priority.vulnerable.hospital = -1"),
        ("hospital = 12.0", "hospital = nan", "priority.vulnerable.hospital = nan"),
        ("hospital = 12.0", "hospital = inf", "priority.vulnerable.hospital = inf"),
        ("hospital = 12.0", "hospital = 1e7", "priority.vulnerable.hospital = 10000000.0"),
        ("hospital = 12.0", "hospital = 'much'", "priority.vulnerable.hospital = 'much'"),
        ("hospital = 12.0\n", "", "no weight for hospital"),
        ("duration_points = 15.0", "duration_points = -0.5", "priority.duration_points = -0.5"),
        ("duration_points = 15.0", "duration_points = nan", "priority.duration_points = nan"),
        ("duration_half_h = 24.0", "duration_half_h = 0", "priority.duration_half_h = 0"),
        ("age_doubling_days = 30.0", "age_doubling_days = 0", "priority.age_doubling_days = 0"),
        ("age_doubling_days = 30.0", "", "priority.age_doubling_days is missing"),
    ],
)
def test_a_weight_that_cannot_be_is_told_in_one_sentence(written, instead, said):
    assert packaged().count(written) == 1
    with pytest.raises(PolicyError) as refused:
        parse_policy(packaged().replace(written, instead), "new.toml")
    told = str(refused.value)
    assert said in told
    assert told.startswith("Policy new.toml cannot be used: ")
    assert told.endswith(".")
    assert "\n" not in told
