"""Which spot is selected on a page, and where its map was last told to look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.ui.map.drawing import look_at_bounds, look_at_point
from heatmaps.ui.map.shape import bounds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.ui.map.drawing import Drawing
    from heatmaps.ui.map.shape import Point, SpotShape

_KEY = "focus"


@dataclass(frozen=True, slots=True)
class Focus:
    """`look` moves the map once; `moves` counts how often it was told to."""

    selected: int | None = None
    look: Drawing | None = None
    moves: int = 0


def focus() -> Focus:
    """Give the session's focus."""
    kept: Focus = st.session_state.get(_KEY, Focus())
    return kept


def select(spot_id: int | None) -> None:
    """Select a spot, or none, and leave the map where it is."""
    st.session_state[_KEY] = replace(focus(), selected=spot_id)


def go_to_shape(spot_id: int, shapes: Sequence[SpotShape]) -> None:
    """Select a spot and look at it."""
    select(spot_id)
    _look_at_all([shape for shape in shapes if shape.spot_id == spot_id])


def go_to_point(point: Point, zoom: int) -> None:
    """Look at a point."""
    moves = focus().moves + 1
    look = look_at_point(point, zoom, asked=moves)
    st.session_state[_KEY] = replace(focus(), look=look, moves=moves)


def look_at_all_once(shapes: Sequence[SpotShape]) -> None:
    """Look at all spots when the session has not looked anywhere yet."""
    if focus().look is None:
        _look_at_all(shapes)


def _look_at_all(shapes: Sequence[SpotShape]) -> None:
    bounds, moves = bounds_of(shapes), focus().moves + 1
    if bounds is not None:
        look = look_at_bounds(bounds, asked=moves)
        st.session_state[_KEY] = replace(focus(), look=look, moves=moves)
