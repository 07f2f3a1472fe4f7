"""The command that serves the app."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from heatmaps.cli.context import opened
from heatmaps.errors import UsageError

APP = Path("app.py")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.command()(serve)


def serve(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = 8501,
) -> None:
    """Serve pages, API and assets on 127.0.0.1, from the folder that holds app.py.

    Example: heatmaps serve --port 8501
    """
    with opened():
        pass  # a store that cannot be used is better told here than on a page
    if not APP.is_file():
        message = (
            f"There is no {APP.absolute()}; run `heatmaps serve` in the folder that holds app.py."
        )
        raise UsageError(message)
    command = [sys.executable, "-m", "streamlit", "run", str(APP), f"--server.port={port}"]
    os.execv(command[0], command)  # noqa: S606 - the server takes this process's place
