"""The policy: weights, thresholds, routes and terms, validated and versioned.

The packaged ``policy.toml`` only seeds an empty store; the store's current version rules.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import ValidationError, model_validator

from heatmaps.complaints.tuning import QualityPolicy
from heatmaps.desk.tuning import LifePolicy, LookupPolicy, RoutingPolicy
from heatmaps.desk.words import Cause
from heatmaps.errors import PolicyError
from heatmaps.insight.tuning import ExplanationPolicy, PlanningPolicy
from heatmaps.policy_changes import shown_value
from heatmaps.spots.tuning import DetectionPolicy, PriorityPolicy
from heatmaps.tuning import Hours, Section

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PACKAGED_POLICY = Path(__file__).with_name("policy.toml")


class Policy(Section):
    """One version of everything the business tunes."""

    quality: QualityPolicy
    detection: DetectionPolicy
    life: LifePolicy
    priority: PriorityPolicy
    routing: RoutingPolicy
    eta_h: dict[Cause, Hours]
    lookup: LookupPolicy
    planning: PlanningPolicy
    explanation: ExplanationPolicy

    @model_validator(mode="after")
    def _all_causes(self) -> Self:
        missing = [str(c) for c in Cause if c not in self.eta_h]
        if missing:
            message = f"no term for {', '.join(missing)}; every cause needs one"
            raise ValueError(message)
        return self


def parse_policy(text: str, origin: str) -> Policy:
    """Read a policy from TOML; `origin` names it in errors. PolicyError where it is wrong."""
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"Policy {origin} is not valid TOML: {error}; mend the file and load it again."
        place = _TOML_PLACE.search(str(error))
        values = place.groupdict() if place else {}
        raise PolicyError(message, "syntax" if place else "unfinished", **values) from error
    except ValidationError as error:
        fault = _worst(error)
        message = f"Policy {origin} cannot be used: {_in_words(fault, error.error_count() - 1)}"
        raise PolicyError(message, _kind(fault), **_values(fault)) from error


def packaged_policy() -> Policy:
    """Give the policy that seeds an empty store."""
    return parse_policy(PACKAGED_POLICY.read_text(encoding="utf-8"), str(PACKAGED_POLICY))


def completed(body: str, newest: str) -> str:
    """Give a policy's text with the sections and keys it lacks, as `newest` has them.

    So a store's policy follows the program to a newer version: what the business chose stays word
    for word, comments included; only what did not exist yet is added. A key of `newest` goes right
    below the header of its section, a section to the end.
    """
    known = tomllib.loads(body)
    for path, block in _sections(newest):
        table = _table(known, path)
        if table is None:
            body = f"{body.rstrip()}\n\n{block.rstrip()}\n"
        elif isinstance(table, dict):
            fresh = [line for name, line in _keys(block) if name not in table]
            header = re.search(rf"(?m)^\[{re.escape('.'.join(path))}\].*\n", body)
            if header:
                body = body[: header.end()] + "".join(fresh) + body[header.end() :]
    return body


_HEADER = re.compile(r"(?m)^\[+([\w.]+)\]+")
_KEY_LINE = re.compile(r"(?m)^(\w+)\s*=[^\n]*\n")


def _sections(text: str) -> list[tuple[list[str], str]]:
    """Give the path and the text of each section, arrays of tables left to the one before."""
    starts = [m for m in _HEADER.finditer(text) if not m[0].startswith("[[")]
    ends = [*(m.start() for m in starts[1:]), len(text)]
    return [(m[1].split("."), text[m.start() : end]) for m, end in zip(starts, ends, strict=True)]


def _keys(block: str) -> list[tuple[str, str]]:
    own = block.split("\n[[", maxsplit=1)[0]
    return [(m[1], m[0]) for m in _KEY_LINE.finditer(own)]


def _table(policy: dict[str, Any], path: list[str]) -> Any:  # noqa: ANN401 - whatever TOML holds there
    found: Any = policy
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


_TOML_PLACE = re.compile(r"\(at line (?P<line>\d+), column (?P<column>\d+)\)")

_KEY = "[key]"
"""Ends the place of a fault that lies in the name of a field, as pydantic tells it."""

_KINDS = {
    "extra_forbidden": "unknown", "missing": "missing", "greater_than_equal": "too_small",
    "greater_than": "too_small", "less_than_equal": "too_large", "less_than": "too_large",
    "too_short": "empty", "string_too_short": "empty", "int_type": "no_integer",
    "int_parsing": "no_integer", "int_from_float": "no_integer", "float_type": "no_number",
    "float_parsing": "no_number", "finite_number": "no_number", "string_type": "no_text",
    "bool_type": "no_choice", "bool_parsing": "no_choice", "enum": "no_choice",
    "literal_error": "no_choice",
}  # fmt: skip


def _worst(error: ValidationError) -> ErrorDetails:
    # A misspelt key is both unknown and missing; the unknown one is what the user wrote.
    return min(error.errors(), key=lambda one: not _is_unknown(one))


def _is_unknown(fault: ErrorDetails) -> bool:
    return fault["type"] == "extra_forbidden" or fault["loc"][-1:] == (_KEY,)


def _in_words(fault: ErrorDetails, more: int) -> str:
    where = _values(fault)["where"] or "policy"
    rest = f" ({more} more like it)" if more else ""
    if _is_unknown(fault):
        return f"unknown key {where}; remove it or see `heatmaps policy show`{rest}."
    if fault["type"] == "missing":
        return f"{where} is missing; copy it from `heatmaps policy show`{rest}."
    given = fault["input"]
    shown = f" = {given!r}" if not isinstance(given, dict) else ""
    return f"{where}{shown}: {_reason(fault)}; correct it and load again{rest}."


def _kind(fault: ErrorDetails) -> str:
    return "unknown" if _is_unknown(fault) else _KINDS.get(fault["type"], "wrong")


def _values(fault: ErrorDetails) -> dict[str, str]:
    """Give what a fault names: the field, its value, and the limit it passed or the reason."""
    given, limits = fault["input"], fault.get("ctx", {})
    limit = next((limits[name] for name in ("ge", "gt", "le", "lt") if name in limits), "")
    return {
        "where": ".".join(str(part) for part in fault["loc"] if part != _KEY),
        "given": "" if isinstance(given, dict) or _is_unknown(fault) else shown_value(given),
        "limit": f"{limit:.15g}" if limit != "" else "",
        "reason": _reason(fault),
    }


def _reason(fault: ErrorDetails) -> str:
    return fault["msg"].removeprefix("Value error, ")
