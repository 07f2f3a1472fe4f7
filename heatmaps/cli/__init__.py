"""The command line: reads words and settings, calls a pipeline, prints what came of it."""

from heatmaps.cli.main import run

__all__ = ["run"]
