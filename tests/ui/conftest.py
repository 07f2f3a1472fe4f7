"""Pages inside a Streamlit script, over a store that holds a policy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from heatmaps.store.policies import seed_policy

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCRIPT = "from heatmaps.ui.{room}.page import {room}_page\n\n{room}_page()\n"


@pytest.fixture
def page_of(store, store_url, tmp_path, monkeypatch):
    """Give a function that makes the page of a room over the store, in Russian, not run yet."""
    with store.writing() as connection:
        seed_policy(connection, NOW)
    monkeypatch.setenv("HEATMAPS_DATABASE_URL", store_url)
    monkeypatch.setenv("HEATMAPS_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("HEATMAPS_LOCALE", "ru")
    st.cache_data.clear()

    def made(room: str) -> AppTest:
        return AppTest.from_string(SCRIPT.format(room=room), default_timeout=60)

    return made
