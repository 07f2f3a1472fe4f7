"""A list of rows of which one is chosen, by mouse or arrow keys; its texts may be of any origin."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

Tone = Literal["plain", "wait", "work", "late", "good"]

_HERE = Path(__file__)
_component = st.components.v2.component(
    "heatmaps_rows",
    html=_HERE.with_suffix(".html").read_text(encoding="utf-8"),
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: a title with a tag at its right, a detail below, a badge before it where given.

    `look` is the badge's border: open, quiet, solved or closed, as on the map.
    """

    id: str
    title: str
    detail: str
    tag: str = ""
    tone: Tone = "plain"
    badge: str = ""
    fill: str = ""
    ink: str = ""
    look: str = "open"


def choose_row(  # noqa: PLR0913 - all of them words about one list
    rows: Sequence[Row],
    *,
    label: str,
    key: str,
    selected: str | None = None,
    empty: str = "",
    height: str = "none",
    digits: bool = False,
) -> str | None:
    """Show the list; give a row's id in the one run after it was chosen, else None.

    `label` is read out by screen readers, `empty` stands where there are no rows; beyond `height`,
    a CSS length, the list scrolls within itself, and it follows `selected`. With `digits` the keys
    1 to 9 choose among the first rows from anywhere on the page but its inputs, and Enter is left
    to the page.
    """
    data = {
        "rows": [asdict(row) for row in rows],
        "selected": selected,
        "label": label,
        "empty": empty,
        "height": height,
        "digits": digits,
    }
    result = _component(key=key, data=data, on_row_change=lambda: None)
    chosen: str | None = result.row
    return chosen
