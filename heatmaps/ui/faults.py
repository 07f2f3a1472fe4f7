"""What a user reads when a page breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.errors import HeatmapsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.ui.locale import Translator


def fault_display(_: Translator) -> Callable[[Exception], bool]:
    """Give the `on_script_error` handler of the app.

    An error of ours is shown by its sentence, any other by a plain request to try again, since
    its words may hold personal data; Streamlit has logged both by then.
    """

    def show(error: Exception) -> bool:
        if isinstance(error, HeatmapsError):
            st.error(str(error), icon=":material/error:")
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
