"""The ASGI app: pages, API, assets and health on one port; wiring and nothing else.

``streamlit run app.py`` finds `app`; so does any ASGI server.
"""

from pathlib import Path
from typing import NoReturn

import streamlit as st
from starlette.routing import Mount

from heatmaps.api.app import create_api
from heatmaps.api.health import health_routes
from heatmaps.errors import StoreError
from heatmaps.settings import load_settings
from heatmaps.ui.assets import ASSETS_URL, Assets
from heatmaps.ui.faults import fault_display
from heatmaps.ui.locale import translator


def _no_store(*_: object) -> NoReturn:
    message = "The app is not connected to a store yet; use the command line meanwhile."
    raise StoreError(message)


api = create_api(
    lookup=_no_store, suggest=_no_store, allowed_hosts=st.get_option("server.allowedHosts")
)
app = st.App(
    Path(__file__).parent / "heatmaps" / "ui" / "main.py",
    routes=[Mount(ASSETS_URL, Assets()), Mount("/api", api), *health_routes(_no_store)],
    on_script_error=fault_display(translator(load_settings().locale)),
)
