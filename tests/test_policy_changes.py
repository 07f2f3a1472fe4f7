from __future__ import annotations

import tomllib

import pytest

from heatmaps.policy import PACKAGED_POLICY
from heatmaps.policy_changes import policy_changes, value_in_toml

RULES = """
[routing]
default_queue = "a"

[[routing.rules]]
topic = "no_coverage"
queue = "b"

[[routing.rules]]
topic = "other"
queue = "c"
"""


@pytest.fixture(scope="module")
def packaged() -> str:
    return PACKAGED_POLICY.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("min_customers = 3  ", "min_customers = 5  ", "detection.min_customers: 3 → 5"),
        ("vip = 2.5", "vip = 9", "priority.segment.vip: 2.5 → 9"),
        ("max_ring = 4", "max_ring = 4  # why", None),
        ("prior_days = 2.0", "prior_days = 2", None),
        (
            "resolutions = [9, 8, 7]", "resolutions = [9]",
            "detection.resolutions: [9, 8, 7] → [9]",
        ),
        (
            'default_queue = "network_operations"', 'default_queue = "центр"',
            'routing.default_queue: "network_operations" → "центр"',
        ),
    ],
)  # fmt: skip
def test_each_field_that_differs_is_told_with_both_values(packaged, old, new, told):
    assert old in packaged
    changes = policy_changes(packaged, packaged.replace(old, new, 1))
    assert [str(change) for change in changes] == ([told] if told else [])


def test_a_rule_put_first_leaves_the_others_alone():
    first = '[[routing.rules]]\ntechnology = "2g"\nqueue = "d"\n\n'
    grown = RULES.replace("[[routing.rules]]", first + "[[routing.rules]]", 1)
    [change] = policy_changes(RULES, grown)
    assert str(change) == 'routing.rules[1]: — → {technology = "2g", queue = "d"}'
    [back] = policy_changes(grown, RULES)
    assert (back.field, back.after) == ("routing.rules[1]", None)


def test_a_section_that_an_older_version_did_not_have_is_told_whole():
    [change] = policy_changes("[a]\nx = 1\n", "[a]\nx = 1\n[b]\ny = 2\n")
    assert str(change) == "b: — → {y = 2}"


@pytest.mark.parametrize("value", [True, 3, 2.5, 'дом "1"', ["a", "b"], [1, 2]])
def test_a_value_is_shown_as_toml_reads_it(value):
    assert tomllib.loads(f"x = {value_in_toml(value)}") == {"x": value}
