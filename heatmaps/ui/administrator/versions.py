"""Saving a draft, the versions there were, and going back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.errors import PolicyError, RuleError
from heatmaps.store.policies import body_of, policy_versions, roll_back, save_policy
from heatmaps.ui.administrator.changes import changes_in_words
from heatmaps.ui.administrator.draft import ORIGIN, TEXT, write
from heatmaps.ui.board import forget_board, forget_ground
from heatmaps.ui.engineer.actions import NAMELESS
from heatmaps.ui.engineer.queue import actor
from heatmaps.ui.markup import Html, element, text
from heatmaps.ui.workplace import clock, workplace

if TYPE_CHECKING:
    from heatmaps.store.policies import LoadedPolicy
    from heatmaps.ui.locale import Translator
    from heatmaps.ui.spot_words import Reader

VIEW = "policy-view"
CHANGE, VERSIONS = "change", "versions"
SHOWN = 30
_OUTCOME = "policy-outcome"
_UNUSABLE = "unusable"


def save(seen: int) -> None:
    """Make the text of the editor the ruling policy, if version `seen` still rules."""
    if not (by := actor()):
        st.session_state[_OUTCOME] = NAMELESS
        return
    try:
        with workplace().store.writing() as connection:
            version, is_new = save_policy(
                connection, st.session_state[TEXT], ORIGIN, clock(), by=by, after=seen
            )
    except PolicyError:  # the page says what is wrong beside the text
        st.session_state[_OUTCOME] = _UNUSABLE
    except RuleError as refused:
        st.session_state[_OUTCOME] = refused.reason
    else:
        _ruled(version, is_new=is_new)


def show_outcome(_: Translator) -> None:
    """Say once what became of the last saving or going back."""
    outcome: str | tuple[int, bool] | None = st.session_state.pop(_OUTCOME, None)
    if isinstance(outcome, tuple):
        version, is_new = outcome
        said = _("Version {n} rules.") if is_new else _("Version {n} says this already.")
        st.toast(said.format(n=version), icon=":material/check:")
    elif outcome is not None:
        told = {
            NAMELESS: _.word("outcome", NAMELESS),
            _UNUSABLE: _("Not saved: this text cannot rule."),
        }.get(outcome, _("Not saved: another version was saved meanwhile; see what differs now."))
        st.html(element("section", element("p", text(told)), css="notice bad"))


def show_versions(reader: Reader) -> None:
    """Show the versions, the ruling one first; any other can be taken up or gone back to."""
    _ = reader.translate
    with workplace().store.reading() as connection:
        versions = policy_versions(connection)[::-1]
    for place, version in enumerate(versions[:SHOWN]):
        words, edit, back = st.columns([16, 5, 4], gap="small", vertical_alignment="center")
        words.html(_version(version, reader, rules=place == 0))
        if place:
            edit.button(
                _("To the editor"), key=f"policy-edit-{version.version}", type="tertiary",
                on_click=_take_up, args=(version.version,), width="stretch",
            )  # fmt: skip
            back.button(
                _("Go back"), key=f"policy-back-{version.version}", on_click=_go_back,
                args=(version.version,), width="stretch",
            )  # fmt: skip


def _version(version: LoadedPolicy, reader: Reader, *, rules: bool) -> Html:
    _ = reader.translate
    who = version.by or _("nobody named")
    told = f"{reader.moment(version.loaded_at)} · {who} · {_origin(version.origin, _)}"
    mark = [element("b", text(_("rules")), css="rules")] if rules else []
    changed = changes_in_words(version.changes, _)
    return element(
        "div",
        element("b", text(_("Version {n}").format(n=version.version))),
        *mark,
        element("small", text(told)),
        *([element("p", text(changed))] if changed else []),
        css="version",
    )


def _origin(origin: str, _: Translator) -> str:
    if origin == ORIGIN:
        return _("this page")
    before = origin.removeprefix("version ")
    if before != origin and before.isdigit():
        return _("the text of version {n}").format(n=before)
    return origin


def _take_up(version: int) -> None:
    """Put a version into the editor and show what differs."""
    with workplace().store.reading() as connection:
        write(body_of(connection, version))
    st.session_state[VIEW] = CHANGE


def _go_back(version: int) -> None:
    if not (by := actor()):
        st.session_state[_OUTCOME] = NAMELESS
        return
    with workplace().store.writing() as connection:
        number, is_new = roll_back(connection, version, clock(), by=by)
    _ruled(number, is_new=is_new)


def _ruled(version: int, *, is_new: bool) -> None:
    st.session_state[_OUTCOME] = (version, is_new)
    forget_board()
    forget_ground()
