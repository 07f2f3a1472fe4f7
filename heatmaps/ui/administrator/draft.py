"""The policy as it is being edited, and what is wrong with it or differs from the ruling one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.errors import PolicyError
from heatmaps.policy import parse_policy
from heatmaps.policy_changes import policy_changes
from heatmaps.store.policies import current_policy
from heatmaps.ui.workplace import workplace

if TYPE_CHECKING:
    from heatmaps.policy_changes import PolicyChange
    from heatmaps.store.policies import CurrentPolicy
    from heatmaps.ui.locale import Translator

TEXT = "policy-text"
ORIGIN = "the administrator's page"
_BASE = "policy-base"
_UPLOADED = "policy-file"
_UNREADABLE = "policy-unreadable"


@dataclass(frozen=True, slots=True)
class Draft:
    """The text in the editor beside the policy that rules.

    `fault` is why it cannot rule, None where it can; `changes` are the fields that differ.
    """

    text: str
    ruling: CurrentPolicy
    fault: PolicyError | None
    changes: tuple[PolicyChange, ...]

    @property
    def is_new(self) -> bool:
        """Whether it says, or only words, anything otherwise than the ruling one."""
        return self.text != _lines(self.ruling.body)


def draft() -> Draft:
    """Give the draft; an untouched one follows the policy that rules."""
    with workplace().store.reading() as connection:
        ruling = current_policy(connection)
    state, body = st.session_state, _lines(ruling.body)
    if TEXT not in state or state[TEXT] == state.get(_BASE):
        write(body)
    state[_BASE] = body
    text = state[TEXT]
    try:
        parse_policy(text, ORIGIN)
    except PolicyError as fault:
        return Draft(text, ruling, fault, ())
    return Draft(text, ruling, None, tuple(policy_changes(ruling.body, text)))


def write(text: str) -> None:
    """Put a text into the editor; before the editor is shown in a run, or in a callback."""
    st.session_state[TEXT] = _lines(text)


def show_editor(_: Translator) -> None:
    """Show the text, to be edited."""
    st.text_area(
        _("Policy, TOML"), key=TEXT, height="stretch", persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip


def offer_file(_: Translator) -> None:
    """Offer to take the text out of a file."""
    with st.popover(_("From a file"), icon=":material/upload_file:", width="stretch"):
        st.file_uploader(
            _("A policy in TOML, whole"), type=["toml"], key=_UPLOADED, on_change=_take_file
        )
        if st.session_state.pop(_UNREADABLE, False):
            st.error(_("The file is not text in UTF-8; save it so and choose it again."))


def offer_ruling(ruling: CurrentPolicy, _: Translator) -> None:
    """Offer to begin anew from the policy that rules."""
    st.button(
        _("Discard"), key="policy-discard", icon=":material/undo:", width="stretch",
        on_click=write, args=(ruling.body,),
    )  # fmt: skip


def _take_file() -> None:
    file = st.session_state[_UPLOADED]
    if file is None:
        return
    try:
        write(file.getvalue().decode("utf-8-sig"))
    except UnicodeDecodeError:
        st.session_state[_UNREADABLE] = True


def _lines(text: str) -> str:
    """Give a text with the ends of lines that an editor in a browser makes of any."""
    return text.replace("\r\n", "\n")
