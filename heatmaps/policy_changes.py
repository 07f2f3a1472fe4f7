"""What differs between two policies, field by field."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ABSENT = "—"
SHOWN_CHARACTERS = 90
"""Of longer values, as whole new sections are, the beginning tells enough."""


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A field as `section.key` with both its values, None where a policy does not have it."""

    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        """Give the change in one line: detection.min_customers: 3 → 5."""
        return f"{self.field}: {shown_value(self.before)} → {shown_value(self.after)}"


def policy_changes(before: str, after: str) -> list[PolicyChange]:
    """Give every field in which the texts of two policies differ, in the order of the first.

    They are compared as TOML, so that versions of older programs can be: comments and layout are
    no change. Routing rules have no names: those that stay in order are left out, each other one
    stands by its place in the policy it is of.
    """
    return list(_differing("", tomllib.loads(before), tomllib.loads(after)))


def shown_value(value: object) -> str:
    """Give a value as TOML, cut where it is very long."""
    told = value_in_toml(value)
    return told if len(told) <= SHOWN_CHARACTERS else f"{told[:SHOWN_CHARACTERS]}…"


def value_in_toml(value: object) -> str:
    """Give a value as a policy's text holds it, in one line; a dash for None."""
    if value is None:
        return ABSENT
    if isinstance(value, dict):
        told = (f"{name} = {value_in_toml(one)}" for name, one in value.items() if one is not None)
        return f"{{{', '.join(told)}}}"
    return json.dumps(
        value, ensure_ascii=False, default=str
    )  # of what else a policy holds, TOML's own form


def _differing(path: str, before: Any, after: Any) -> Iterator[PolicyChange]:  # noqa: ANN401 - whatever TOML holds there
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            inner = f"{path}.{name}" if path else name
            yield from _differing(inner, before.get(name), after.get(name))
    elif _tables(before) and _tables(after):
        yield from _differing_tables(path, before, after)
    else:
        yield PolicyChange(path, before, after)


def _tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _differing_tables(
    path: str, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> Iterator[PolicyChange]:
    old_told, new_told = ([value_in_toml(one) for one in side] for side in (before, after))
    matcher = SequenceMatcher(None, old_told, new_told, autojunk=False)
    for kind, old, old_end, new, new_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        pairs = zip_longest(range(old, old_end), range(new, new_end))
        for was, becomes in pairs:
            place = becomes if becomes is not None else was
            yield PolicyChange(
                f"{path}[{place + 1}]",
                None if was is None else before[was],
                None if becomes is None else after[becomes],
            )
