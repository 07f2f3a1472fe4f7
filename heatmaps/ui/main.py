"""The script that `st.App` runs for every session: the frame around the pages."""

from pathlib import Path

import streamlit as st

from heatmaps.settings import load_settings
from heatmaps.ui.administrator.page import administrator_page
from heatmaps.ui.agent.page import agent_page
from heatmaps.ui.board import ground
from heatmaps.ui.engineer.page import engineer_page
from heatmaps.ui.locale import translator
from heatmaps.ui.manager.page import manager_page
from heatmaps.ui.markup import element, text
from heatmaps.ui.planner.page import planner_page
from heatmaps.ui.reviewer.page import reviewer_page

_ = translator(load_settings().locale)

st.set_page_config(
    page_title=_("Heat maps"),
    page_icon=Path(__file__).with_name("assets") / "icon.svg",
    layout="wide",
)
st.html(Path(__file__).with_name("style.css"))
page = st.navigation(
    [
        st.Page(
            agent_page, title=_("Address check"), icon=":material/headset_mic:", default=True
        ),
        st.Page(
            engineer_page, title=_("Spots at work"), icon=":material/engineering:",
            url_path="engineer",
        ),
        st.Page(
            manager_page, title=_("Terms and results"), icon=":material/monitoring:",
            url_path="manager",
        ),
        st.Page(
            planner_page, title=_("Coverage gaps"), icon=":material/network_check:",
            url_path="planner",
        ),
        st.Page(
            reviewer_page, title=_("Addresses"), icon=":material/wrong_location:",
            url_path="reviewer",
        ),
        st.Page(
            administrator_page, title=_("Policy"), icon=":material/tune:",
            url_path="administrator",
        ),
    ],
    position="top",
)  # fmt: skip
if ground().simulated:
    note = _("The complaints on these pages are simulated: a demonstration, no real customers.")
    st.html(element("p", text(note), css="simulated"))
page.run()
