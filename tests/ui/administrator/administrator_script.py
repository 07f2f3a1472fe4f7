"""The administrator's page as a script of its own, for tests."""

from heatmaps.ui.administrator.page import administrator_page

administrator_page()
