"""What a user reads when a page cannot be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.errors import ConfigError, HeatmapsError, StoreError
from heatmaps.ui.markup import element, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.ui.locale import Translator


def fault_display(_: Translator) -> Callable[[Exception], bool]:
    """Give the `on_script_error` handler of the app.

    An error of ours is told in the user's language, with its own sentence folded below for the
    administrator; any other by a plain request to try again, since its words may hold personal
    data. Streamlit has logged both by then.
    """

    def show(error: Exception) -> bool:
        if isinstance(error, HeatmapsError):
            _show_known(error, _)
        else:
            st.error(
                _(
                    "This page failed and the fault is in the log. "
                    "Reload it, or tell your administrator."
                ),
                icon=":material/error:",
            )
        return True

    return show


def _show_known(error: HeatmapsError, _: Translator) -> None:
    title, advice = _plainly(error, _)
    st.html(
        element(
            "section",
            element("h2", text(title)),
            element("p", text(advice)),
            element(
                "details",
                element("summary", text(_("For the administrator"))),
                element("code", text(error)),
            ),
            css="notice bad",
        )
    )


def _plainly(error: HeatmapsError, _: Translator) -> tuple[str, str]:
    if isinstance(error, StoreError):
        return (
            _("No connection to the store"),
            _(
                "Spots and addresses cannot be read now. Reload the page in a minute; "
                "if it stays so, tell your administrator: they check the store with "
                "“heatmaps db check” and create it with “heatmaps db upgrade”."
            ),
        )
    if isinstance(error, ConfigError):
        return (
            _("The app is not set up right"),
            _("Tell your administrator; the details below say what to mend."),
        )
    return (
        _("This could not be done"),
        _("Reload the page; if it stays so, tell your administrator."),
    )
