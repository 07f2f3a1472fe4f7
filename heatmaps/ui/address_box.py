"""The box an agent types an address into; it suggests as they type and reruns nothing meanwhile.

The browser asks ``/api/v1/suggest`` of the same origin itself; Streamlit hears only what was
chosen or entered.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heatmaps.ui.locale import Translator

SUGGEST_URL = "/api/v1/suggest"
MAX_SUGGESTIONS = 8
MAX_LENGTH = 500

_HERE = Path(__file__)
_component = st.components.v2.component(
    "heatmaps_address_box",
    html=_HERE.with_suffix(".html").read_text(encoding="utf-8"),
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class AddressBoxTexts:
    """What the box says, in the user's language.

    `levels` names how precise a suggestion is; `found` is read out by screen readers, with
    ``{count}`` in it.
    """

    label: str
    placeholder: str
    found: str
    levels: Mapping[Level, str]


def address_box_texts(_: Translator) -> AddressBoxTexts:
    """Give the box's texts in the language of the screens."""
    return AddressBoxTexts(
        label=_("Customer's address"),
        placeholder=_("Street and house, as the customer says it"),
        found=_("Suggestions: {count}"),
        levels={level: _.word("level", level) for level in Level},
    )


def address_box(
    texts: AddressBoxTexts,
    *,
    key: str,
    value: str = "",
    autofocus: bool = True,
    leaves: bool = False,
) -> str | None:
    """Show the box; give the address in the one run after it was chosen or entered, else None.

    Enter takes the suggestion marked with the arrow keys, or else the text as typed; Escape
    closes the list, then empties the box. What stands in the box survives reruns; a `value`
    that changes from one run to the next replaces it. With `leaves` it gives the keyboard back to
    the page once an address was chosen. Do not put the box in a form: it would
    not be heard there.
    """
    data = {
        **asdict(texts),
        "value": _just_entered(key) or value,
        "autofocus": autofocus,
        "leaves": leaves,
        "url": SUGGEST_URL,
        "limit": MAX_SUGGESTIONS,
        "maxLength": MAX_LENGTH,
    }
    result = _component(key=key, data=data, on_address_change=lambda: None)
    address = (result.address or "").strip()
    return address[:MAX_LENGTH] or None


def _just_entered(key: str) -> str | None:
    """Give what was entered in this very run, so that an older `value` does not undo it."""
    address: str | None = st.session_state.get(key, {}).get("address")
    return address
