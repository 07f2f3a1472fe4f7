"""`heatmaps bench detection`: what is wrong use of it, told before anything is measured."""

from __future__ import annotations


def test_no_trials_are_wrong_use(anywhere):
    outcome = anywhere("bench", "detection", "--trials", 0, "--null-trials", 0)
    assert outcome.code == 2
    assert "--trials" in outcome.err


def test_a_page_without_a_place_for_figures_is_told_before_anything_is_measured(anywhere, tmp_path):
    outcome = anywhere("bench", "detection", "--doc", tmp_path / "none.md")
    assert outcome.code == 2
    assert "There is no page" in outcome.err
    assert "trial 1000" not in outcome.err


def test_a_store_in_which_nothing_was_detected_has_nothing_to_replay(embedded):
    outcome = embedded("bench", "detection", "--store")
    assert outcome.code == 2
    assert "heatmaps detect" in outcome.err
