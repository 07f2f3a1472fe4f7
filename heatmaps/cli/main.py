"""The command ``heatmaps`` and how it ends: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import sys

import typer

from heatmaps import __version__
from heatmaps.cli import (
    bench,
    detection,
    export,
    intake,
    network,
    profiles,
    quality,
    region,
    service,
    simulation,
    store,
)
from heatmaps.errors import HeatmapsError

app = typer.Typer(
    name="heatmaps",
    help="Теплокарты: complaints about connection quality become prioritised spots on a map.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (
    store,
    region,
    network,
    intake,
    profiles,
    quality,
    detection,
    export,
    simulation,
    service,
    bench,
):
    part.add_to(app)


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
