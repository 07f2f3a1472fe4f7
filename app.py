"""The ASGI app: pages, API, assets and health on one port; wiring and nothing else.

``streamlit run app.py`` finds `app`; so does any ASGI server.
"""

from pathlib import Path

import streamlit as st
from starlette.routing import Mount

from heatmaps.api.app import create_api
from heatmaps.api.health import health_routes
from heatmaps.settings import load_settings
from heatmaps.ui.assets import ASSETS_URL, Assets
from heatmaps.ui.faults import fault_display
from heatmaps.ui.locale import translator
from heatmaps.ui.workplace import look_up, require_ready, suggest

api = create_api(
    lookup=look_up, suggest=suggest, allowed_hosts=st.get_option("server.allowedHosts")
)
app = st.App(
    Path(__file__).parent / "heatmaps" / "ui" / "main.py",
    routes=[Mount(ASSETS_URL, Assets()), Mount("/api", api), *health_routes(require_ready)],
    on_script_error=fault_display(translator(load_settings().locale)),
)
