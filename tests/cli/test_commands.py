"""The commands themselves: help, set-up, policy, doctor, and the console script as installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

COMMANDS = (
    "db upgrade", "db check", "gazetteer load", "geocode", "ingest", "quarantine list",
    "quarantine replay", "quarantine drop", "subscribers load", "territories load", "detect",
    "replay", "lookup",
    "export spots", "simulate", "policy show", "policy load", "policy history",
    "policy preview", "policy rollback", "doctor", "serve",
    "sites load", "coverage load", "events load", "objects load", "customers load",
    "profile suggest",
    "profile list", "profile show", "quality", "gaps", "export complaints", "export cells",
    "export coverage-gaps", "export kpi",
)  # fmt: skip
WRITING = (
    "gazetteer load", "ingest", "quarantine replay", "quarantine drop", "subscribers load",
    "territories load", "policy load", "policy rollback", "sites load", "coverage load",
    "events load", "objects load", "customers load", "gaps",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example_that_starts_with_the_command(anywhere, command):
    told = anywhere(*command.split(), "--help").done()
    text = " ".join(told.out.split())
    assert f"Example: heatmaps {command}" in text
    assert anywhere(*command.split(), "-h").done().out == told.out


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"serve"}))
def test_every_command_gives_json(anywhere, command):
    assert "--json" in anywhere(*command.split(), "--help").done().out


@pytest.mark.parametrize("command", WRITING)
def test_what_writes_has_a_dry_run(anywhere, command):
    assert "--dry-run" in anywhere(*command.split(), "--help").done().out


def test_the_groups_are_listed(anywhere):
    out = anywhere("--help").done().out
    assert all(command.split()[0] in out for command in COMMANDS)


@pytest.mark.parametrize("args", [("nonsense",), ("db", "nonsense"), ("ingest",), ("detect", "-?")])
def test_wrong_use_is_told_without_a_trace(anywhere, args):
    told = anywhere(*args)
    assert told.code == 2
    assert "Traceback" not in told.err
    assert not told.out


def script() -> str:
    found = shutil.which("heatmaps", path=f"{Path(sys.executable).parent}{os.pathsep}/usr/bin")
    if found is None:
        pytest.fail("the console script `heatmaps` is not installed; run `pip install -e .`")
    return found


def test_the_console_script_runs(embedded):
    done = subprocess.run(  # noqa: S603 - our own command
        [script(), "db", "check", "--json"], capture_output=True, text=True, check=False,
        cwd=embedded.folder, env={**os.environ, **embedded.environment()},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["current"] is True
    assert done.stderr == ""


def test_the_console_script_refuses_in_one_sentence(embedded):
    """Also where the terminal's encoding is plain ASCII and its lines are short."""
    env = {**os.environ, **embedded.environment(), "COLUMNS": "40", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(  # noqa: S603 - our own command
        [script(), "ingest", "нет/жалобы.csv"], capture_output=True, check=False,
        cwd=embedded.folder, env=env,
    )  # fmt: skip
    assert done.returncode in {1, 2}
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert b"Traceback" not in done.stderr


def test_db_upgrade_makes_a_store_and_may_be_repeated(anywhere, empty_url):
    shell = anywhere.at(empty_url)
    shell("db", "check").refused("heatmaps db upgrade", code=1)
    first = shell("db", "upgrade", "--json").done().json
    before = shell.dump()
    assert shell("db", "upgrade", "--json").done().json["schema"] == first["schema"]
    assert shell.dump() == before
    assert shell("db", "check", "--json").done().json["current"] is True


def test_a_fresh_store_is_ruled_by_the_packaged_policy(fresh):
    from heatmaps.policy import packaged_policy

    shown = fresh("policy", "show").done().out
    assert tomllib.loads(shown) == tomllib.loads(packaged_text())
    told = fresh("policy", "show", "--json").done().json
    assert told["version"] == 1
    assert type(packaged_policy()).model_validate(told["policy"]) == packaged_policy()


def packaged_text() -> str:
    from heatmaps.policy import PACKAGED_POLICY

    return PACKAGED_POLICY.read_text(encoding="utf-8")


def test_a_loaded_policy_rules_and_the_history_keeps_the_older(fresh):
    mine = packaged_text().replace("min_customers = 3", "min_customers = 5")
    path = fresh.file("моя.toml", mine)
    fresh("policy", "load", path, "--dry-run").done()
    assert len(fresh("policy", "history", "--json").done().json["versions"]) == 1
    fresh("policy", "load", path).done()
    assert tomllib.loads(fresh("policy", "show").done().out)["detection"]["min_customers"] == 5
    versions = fresh("policy", "history", "--json").done().json["versions"]
    assert [v["version"] for v in versions] == [1, 2]
    assert "моя.toml" in versions[1]["origin"]
    listed = fresh("policy", "history").done().out
    assert listed.index("policy.toml") < listed.index("моя.toml")


def test_loading_the_ruling_policy_again_adds_no_version(fresh):
    path = fresh.file("same.toml", packaged_text())
    before = fresh.dump()
    fresh("policy", "load", path).done()
    assert fresh.dump() == before


def test_what_policy_show_prints_can_be_edited_and_loaded(fresh):
    shown = fresh("policy", "show").done().out
    edited = shown.replace("min_customers = 3", "min_customers = 11", 1)
    assert edited != shown
    fresh("policy", "load", fresh.file("edited.toml", edited)).done()
    assert fresh("policy", "show").done().out.count("min_customers = 11") == 1


def test_upgrading_again_does_not_bring_the_packaged_policy_back(fresh):
    mine = packaged_text().replace("min_customers = 3", "min_customers = 5")
    fresh("policy", "load", fresh.file("mine.toml", mine)).done()
    fresh("db", "upgrade").done()
    told = fresh("policy", "show", "--json").done().json
    assert told["policy"]["detection"]["min_customers"] == 5


def test_doctor_lists_every_setting(fresh):
    told = fresh("doctor", "--json").done().json
    assert told["faults"] == []
    assert set(told["settings"]) >= {
        "HEATMAPS_DATABASE_URL", "HEATMAPS_LOCALE", "HEATMAPS_TIMEZONE",
    }  # fmt: skip
    out = fresh("doctor", HEATMAPS_LOCALE="kk").done().out
    assert "HEATMAPS_LOCALE = kk" in out


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"HEATMAPS_LOCALE": "xx"}, "HEATMAPS_LOCALE"),
        ({"HEATMAPS_TIMEZONE": "Mars/Olympus"}, "HEATMAPS_TIMEZONE"),
        ({"HEATMAPS_DATABASE_URL": "nonsense"}, "nonsense"),
        ({"HEATMAPS_TIMEZON": "Asia/Omsk"}, "perhaps HEATMAPS_TIMEZONE is meant"),
        ({"HEATMAPS_COLOUR": "red"}, "HEATMAPS_COLOUR is no setting"),
        ({"HEATMAPS_DATABASE_URL": "sqlite:////no/such/place/heatmaps.db"}, "/no/such/place"),
    ],
)
def test_doctor_names_what_is_wrong(embedded, env, named):
    told = embedded("doctor", **env)
    assert told.code == 1
    assert named in told.out + told.err
    assert "Traceback" not in told.err


def test_no_password_of_the_store_is_ever_shown(anywhere):
    url = "postgresql+psycopg://planner:top-secret@127.0.0.1:1/heatmaps"
    for command in (("doctor",), ("doctor", "--json"), ("db", "check"), ("db", "upgrade")):
        told = anywhere(*command, HEATMAPS_DATABASE_URL=url)
        assert told.code != 0
        assert "top-secret" not in told.out + told.err
