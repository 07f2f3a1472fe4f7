"""Commands start at once: each loads only what it needs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
import typer

from heatmaps.cli.main import PARTS

HEAVY = ("geopandas", "openpyxl", "pandas", "scipy.stats", "streamlit")


@pytest.mark.parametrize("module", sorted(PARTS))
def test_each_part_holds_the_commands_it_is_named_for(module):
    part = typer.Typer()
    import_module(f"heatmaps.cli.{module}").add_to(part)
    assert set(typer.main.get_group(part).commands) == set(PARTS[module])


def test_the_command_line_starts_without_what_few_commands_need():
    modules = [f"heatmaps.cli.{name}" for name in ("main", "store", "intake", "detection")]
    told = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-c",
         f"import sys, {', '.join(modules)}; print([m for m in {HEAVY} if m in sys.modules])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "[]"
