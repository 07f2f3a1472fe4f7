"""What commands print: results on stdout, for people or as JSON; progress and errors on stderr."""

from __future__ import annotations

import dataclasses
import json
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOW_PROGRESS_AFTER_S = 1.0

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Do everything but keep nothing.")]


class Advance(Protocol):
    """Tells how far a task has come, of how many steps."""

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` steps are done."""
        ...


def result(as_json: bool, said: str, **facts: Any) -> None:  # noqa: ANN401, FBT001 - facts are what JSON holds
    """Print one result: the sentence for people, or the facts as one JSON object."""
    typer.echo(json.dumps(facts, ensure_ascii=False, default=_plain) if as_json else said)


def warn(said: str) -> None:
    """Say something on stderr that does not belong to the result."""
    typer.echo(said, err=True)


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """Show a bar on stderr for anything that takes longer than a second.

    Only a terminal gets one: a log would keep every frame of it.
    """
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(what, total=None)
    shown = False

    def advance(done: int, total: int) -> None:
        nonlocal shown
        late = time.monotonic() - started > SHOW_PROGRESS_AFTER_S
        if late and not shown and console.is_terminal:
            bar.start()
            shown = True
        bar.update(task, completed=done, total=max(done, total))

    try:
        yield advance
    finally:
        if shown:
            bar.stop()


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
