"""The reviewer's page alone, for the tests beside it."""

from heatmaps.ui.reviewer.page import reviewer_page

reviewer_page()
