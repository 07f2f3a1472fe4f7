from __future__ import annotations

import re
from pathlib import Path

import pytest

from heatmaps.desk.lifecycle import diagram

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_draws_the_life_cycle_as_the_code_has_it():
    assert diagram() in README


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README))))
def test_everything_the_readme_links_to_exists(target):
    assert (ROOT / target).exists()


def test_the_requirements_are_pinned():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        named = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in named), name
