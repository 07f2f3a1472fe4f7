"""The manager's page alone, for the tests beside it."""

from heatmaps.ui.manager.page import manager_page

manager_page()
