"""Which gaps are looked at: the filters above the map, and the one that is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.insight.course import Pattern
from heatmaps.insight.gap import GapClass
from heatmaps.region.technology import Technology

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heatmaps.insight.gap import Gap
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.planner.gap_board import GapBoard

EVERY = "every"
_GAP = "gap"


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; `EVERY` fits everything."""

    technology: str = EVERY
    gap_class: str = EVERY
    pattern: str = EVERY
    territory: str = EVERY
    months: int = 1

    def fit(self, gap: Gap) -> bool:
        """Whether a gap is asked for."""
        return (
            self.technology in {EVERY, gap.technology}
            and self.gap_class in {EVERY, gap.gap_class}
            and self.pattern in {EVERY, gap.pattern}
            and self.territory in {EVERY, gap.territory_id}
            and gap.months >= self.months
        )


def ask_filters(board: GapBoard, _: Translator) -> Filters:
    """Show the filters, each with what there is to choose, and give what is chosen."""
    there = board.gaps
    technologies = [
        t for t in Technology if t in board.holes or any(g.technology == t for g in there)
    ]
    classes = [c for c in GapClass if any(gap.gap_class == c for gap in there)]
    patterns = [p for p in Pattern if any(gap.pattern == p for gap in there)]
    lands = sorted(
        {g.territory_id for g in there if g.territory_id}, key=lambda one: board.territories[one]
    )
    most = max((gap.months for gap in there), default=1)
    columns = st.columns(5, gap="small")
    technology = columns[0].selectbox(
        _("Technology"), [EVERY, *technologies], key="gap-technology",
        format_func=lambda one: _technology(one, _),
    )  # fmt: skip
    gap_class = columns[1].selectbox(
        _("Class"), [EVERY, *classes], key="gap-class",
        format_func=lambda one: _("Every class") if one == EVERY else _.word("gap_class", one),
    )  # fmt: skip
    pattern = columns[2].selectbox(
        _("Course"), [EVERY, *patterns], key="gap-pattern",
        format_func=lambda one: _("Every course") if one == EVERY else _.word("pattern", one),
    )  # fmt: skip
    territory = columns[3].selectbox(
        _("Territory"), [EVERY, *lands], key="gap-territory",
        format_func=lambda one: _named(one, board.territories, _),
    )  # fmt: skip
    months = columns[4].selectbox(
        _("Months with complaints"), list(range(1, most + 1)), key="gap-months",
        format_func=lambda n: _("Any number") if n == 1 else _("{n} or more").format(n=n),
    )  # fmt: skip
    return Filters(technology, gap_class, pattern, territory, months)


def chosen_gap() -> int | None:
    """Give the number of the chosen gap, which stands in the URL."""
    number = st.query_params.get(_GAP, "")
    return int(number) if number.isascii() and number.isdigit() else None


def choose_gap(gap_id: int | None) -> None:
    """Choose a gap, or none."""
    if gap_id is None:
        st.query_params.pop(_GAP, None)
    else:
        st.query_params[_GAP] = str(gap_id)


def _technology(one: str, _: Translator) -> str:
    return _("Every technology") if one == EVERY else _.word("technology", one)


def _named(one: str, names: Mapping[str, str], _: Translator) -> str:
    return _("Every territory") if one == EVERY else names.get(one, one)
