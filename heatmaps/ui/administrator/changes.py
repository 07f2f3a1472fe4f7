"""What differs between the ruling policy and another, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.policy_changes import shown_value
from heatmaps.ui.markup import Html, element, table, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heatmaps.policy_changes import PolicyChange
    from heatmaps.ui.administrator.draft import Draft
    from heatmaps.ui.locale import Translator

SHOWN_CHANGES = 3
"""Of a version in the list so many changes are told, and how many more there are."""


def show_changes(draft: Draft, _: Translator) -> None:
    """Show each field with both values."""
    version = _("against version {n}, which rules").format(n=draft.ruling.version)
    head = element("h3", text(_("What changes")), element("small", text(version)), css="part")
    if draft.changes:
        names = (_("Field"), _("now"), _("becomes"))
        rows = [[_field(one), _value(one.before), _value(one.after, "b")] for one in draft.changes]
        said = element("div", table(names, rows, css="changes"), css="scrolls low")
    elif draft.is_new:
        said = element("p", text(_("Only comments or layout differ.")), css="calm")
    else:
        said = element("p", text(_("Nothing yet: edit the text, or take a file.")), css="calm")
    st.html(element("section", head, said))


def changes_in_words(changes: Iterable[PolicyChange], _: Translator) -> str:
    """Give the first changes in one line, and how many more there are."""
    told = [str(change) for change in changes]
    shown = "; ".join(told[:SHOWN_CHANGES])
    left = len(told) - SHOWN_CHANGES
    return _("{shown}; and {n} more").format(shown=shown, n=left) if left > 0 else shown


def _field(change: PolicyChange) -> Html:
    return element("code", text(change.field))


def _value(value: object, tag: str = "span") -> Html:
    return element(tag, text(shown_value(value)))
