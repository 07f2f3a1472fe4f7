"""Which tests go to which worker, and in which order.

What makes tests slow is what they share: a store filled once, a browser, an app that serves. So
the tests of a file stay on one worker, and all of the browser on another. The long ones begin, so
that the short ones fill the end evenly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest
    from xdist.remote import Producer

TOGETHER = ("tests/browser/",)
"""Folders whose files share one worker."""

LONGEST_FIRST = (
    "tests/browser/",
    "tests/pipelines/test_play_engineers.py",
    "tests/cli/test_journey.py",
    "notebooks/",
    "tests/pipelines/",
    "tests/cli/",
)
"""The rest follows as it was collected."""


class SharedWork(LoadScopeScheduling):
    """Hands out whole files, or folders that stay together, in the order of collection."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return next(filter(nodeid.startswith, TOGETHER), nodeid.split("::", 1)[0])


def longest_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Order tests by `LONGEST_FIRST`; those of a file keep their order."""

    def place(item: pytest.Item) -> int:
        starts = map(item.nodeid.startswith, LONGEST_FIRST)
        return next((at for at, found in enumerate(starts) if found), len(LONGEST_FIRST))

    return sorted(items, key=place)
