"""The pieces of the screens as an app of their own: no store, invented spots, hostile texts."""

import streamlit as st
from starlette.routing import Mount

from heatmaps.api.app import create_api
from heatmaps.api.health import health_routes
from heatmaps.geocoding.result import Level, Suggestion
from heatmaps.ui.assets import ASSETS_URL, Assets

KNOWN = ("Большой проспект, 18", "Большой проспект, 20", "Большая <img src=x onerror=hacked(1)>")


def suggest(text: str, limit: int) -> list[Suggestion]:
    found = [value for value in KNOWN if value.lower().startswith(text.lower())]
    return [Suggestion(value, Level.HOUSE, 59.94, 30.28) for value in found][:limit]


api = create_api(lookup=lambda *_: None, suggest=suggest, allowed_hosts=["127.0.0.1"])
app = st.App(
    "main.py",
    routes=[Mount(ASSETS_URL, Assets()), Mount("/api", api), *health_routes(lambda: None)],
)
