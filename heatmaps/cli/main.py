"""The command ``heatmaps`` and how it ends: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from heatmaps import __version__
from heatmaps.errors import HeatmapsError

PARTS = {
    "store": ("db", "doctor"),
    "policy": ("policy",),
    "region": ("gazetteer", "subscribers", "territories"),
    "network": ("sites", "coverage", "events", "objects", "customers"),
    "intake": ("ingest", "quarantine", "geocode", "lookup"),
    "provider": ("provider",),
    "profiles": ("profile",),
    "review": ("review",),
    "quality": ("quality",),
    "detection": ("detect", "replay", "gaps"),
    "explanation": ("explain",),
    "export": ("export",),
    "simulation": ("simulate",),
    "service": ("serve",),
    "bench": ("bench",),
}
"""Which module of this package holds which commands."""


class Commands(TyperGroup):
    """Loads a command's module when the command is asked for, so that each starts at once."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Click's, which Typer brings along unseen
        """Give the names of all commands, in the order of the journey."""
        return [name for names in PARTS.values() for name in names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - Click's, which Typer brings along unseen
        """Give a command by its name; None where there is none."""
        module = next((part for part, names in PARTS.items() if cmd_name in names), None)
        if module is None:
            return None
        part = typer.Typer(rich_markup_mode=None)
        import_module(f"heatmaps.cli.{module}").add_to(part)
        return typer.main.get_group(part).get_command(ctx, cmd_name)


app = typer.Typer(
    name="heatmaps",
    cls=Commands,
    help="Теплокарты: complaints about connection quality become prioritised spots on a map.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _version(
    *, version: bool = typer.Option(False, "--version", help="Print the version.")
) -> None:
    if version:
        typer.echo(f"heatmaps {__version__}")
        raise typer.Exit


def run() -> None:
    """Run the command line; a fault the user can mend is one sentence on stderr."""
    try:
        app()
    except HeatmapsError as error:
        typer.echo(f"heatmaps: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)
