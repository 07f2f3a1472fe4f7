from __future__ import annotations

import pytest

from heatmaps.desk.routing import queue_for
from heatmaps.desk.tuning import RoutingPolicy

RULES = RoutingPolicy.model_validate(
    {
        "default_queue": "operations",
        "rules": [
            {"topic": "no_coverage", "queue": "planning"},
            {"territory": "north", "technology": "5g", "queue": "north_5g"},
            {"territory": "north", "queue": "north"},
        ],
    }
)


@pytest.mark.parametrize(
    ("topic", "technology", "territories", "queue"),
    [
        ("no_coverage", "5g", {"north"}, "planning"),
        ("no_service", "5g", {"north", "region"}, "north_5g"),
        ("no_service", None, {"north", "region"}, "north"),
        ("no_service", "5g", {"south", "region"}, "operations"),
        ("all", None, set(), "operations"),
    ],
)
def test_the_first_rule_that_fits_wins(topic, technology, territories, queue):
    assert queue_for(topic, technology, territories, RULES) == queue
