"""Which place the reviewer has in mind for the address at hand: one offered, found, or pointed at.

It is forgotten with the next address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.geocoding.aliases import POINT_M, Decision

if TYPE_CHECKING:
    from heatmaps.geocoding.candidates import Candidate
    from heatmaps.ui.map.shape import Point

_CHOICE = "review-choice"
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """The places offered for a normal form, those the reviewer found, a point, and which is meant.

    `picked` is a position in `places`; `point` stands after them.
    """

    normal_form: str
    offered: tuple[Candidate, ...]
    found: tuple[Candidate, ...] = ()
    point: Point | None = None
    picked: int | None = None

    @property
    def places(self) -> tuple[Candidate, ...]:
        """The places to choose from, in the order they are numbered."""
        return (*self.offered, *self.found)

    @property
    def sought(self) -> Candidate | None:
        """The place in mind if the reviewer searched for it, else None."""
        if self.picked is None or self.picked < len(self.offered):
            return None
        return next(iter(self.places[self.picked :]), None)

    @property
    def is_point(self) -> bool:
        """Tell whether the point of the map is meant."""
        return self.point is not None and self.picked == len(self.places)

    @property
    def decision(self) -> Decision | None:
        """What placing the address there decides; None as long as nothing is chosen."""
        if self.point is not None and self.is_point:
            return Decision.pointed(self.normal_form, *self.point, POINT_M)
        if self.picked is None or self.picked >= len(self.places):
            return None
        return Decision.picked(self.normal_form, self.places[self.picked])


def choice_for(normal_form: str, offered: tuple[Candidate, ...]) -> Choice:
    """Give the choice as it stands for an address; a new one where it has just come up."""
    kept: Choice | None = st.session_state.get(_CHOICE)
    if kept is None or kept.normal_form != normal_form or kept.offered != offered:
        kept = st.session_state[_CHOICE] = Choice(normal_form, offered)
    return kept


def pick(choice: Choice, position: int) -> None:
    """Have the place at a position in mind."""
    st.session_state[_CHOICE] = replace(choice, picked=position)


def add_found(choice: Choice, place: Candidate) -> None:
    """Have a place in mind that the reviewer searched for; it is added where it is new."""
    spots = [(one.lat, one.lon) for one in choice.places]
    if (place.lat, place.lon) in spots:
        pick(choice, spots.index((place.lat, place.lon)))
        return
    found = (*choice.found, place)
    picked = len(choice.offered) + len(found) - 1
    st.session_state[_CHOICE] = replace(choice, found=found, picked=picked)


def point_at(choice: Choice, point: Point) -> None:
    """Have in mind what was clicked on the map: a place shown there, or else the point."""
    clicked = _rounded(point)
    for position, place in enumerate(choice.places):
        if _rounded((place.lat, place.lon)) == clicked:
            pick(choice, position)
            return
    st.session_state[_CHOICE] = replace(choice, point=clicked, picked=len(choice.places))


def _rounded(point: Point) -> Point:
    return round(point[0], _DIGITS), round(point[1], _DIGITS)
