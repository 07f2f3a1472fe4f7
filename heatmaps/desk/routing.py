"""Which queue a spot goes to: the first rule of the policy that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from heatmaps.desk.tuning import RoutingPolicy


def queue_for(
    topic: str, technology: str | None, territories: Collection[str], policy: RoutingPolicy
) -> str:
    """Give the queue of a spot.

    `territories` are the ids of the territory the spot lies in and of all its parents, so that a
    rule for a region holds in its districts.
    """
    for rule in policy.rules:
        if (
            rule.topic in (None, topic)
            and rule.technology in (None, technology)
            and (rule.territory is None or rule.territory in territories)
        ):
            return rule.queue
    return policy.default_queue
