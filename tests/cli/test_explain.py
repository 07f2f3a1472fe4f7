"""`heatmaps explain` on a store with a resolved spot and an open one."""

from __future__ import annotations

import json

import pytest
import town
from explained import OPENED, keep, resolved, spot
from typer.testing import CliRunner

from heatmaps.cli.main import app
from heatmaps.desk.words import Cause


@pytest.fixture
def told(store, store_url, monkeypatch, tmp_path):
    monkeypatch.setenv("HEATMAPS_DATABASE_URL", store_url)
    monkeypatch.setenv("HEATMAPS_CACHE_DIR", str(tmp_path))
    town.settle(store)
    town.tell(store, town.rows())
    keep(store, resolved(2, Cause.POWER), lambda connection: spot(connection, 7))


def run(*words: str):
    return CliRunner().invoke(app, ["explain", *words])


def test_a_spot_is_told_in_lines_and_as_json(told):
    said = run("7")
    assert said.exit_code == 0, said.output
    assert f"Spot 7, no_internet, new, opened {OPENED:%Y-%m-%d %H:%M} UTC" in said.stdout
    assert "Earlier spot 2" in said.stdout
    facts = json.loads(run("7", "--json").stdout)
    assert facts["suggestion"]["learnt_from"] == 1
    assert facts["earlier"][0]["cause"] == "power"
    assert sum(hour["observed"] for hour in facts["hours"]) >= facts["complaints_in_all"] > 0


def test_how_often_suggestions_were_right(told):
    said = run("--reliability")
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("1 resolved spots, as they stood 6 h after opening")
    facts = json.loads(run("--reliability", "--age-h", "0", "--json").stdout)
    assert (facts["spots"], facts["age_h"], facts["later_half"]["spots"]) == (1, 0, 1)
    assert sum(line["given"] for line in facts["causes"]) == 1


@pytest.mark.parametrize("words", [(), ("7", "--reliability"), ("99",)])
def test_wrong_use_is_one_sentence(told, words):
    said = run(*words)
    assert said.exception is not None
    assert str(said.exception).endswith((".", "all."))
