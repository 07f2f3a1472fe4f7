"""What commands print: results on stdout, for people or as JSON; progress and errors on stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

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
    started, bar = time.monotonic(), None

    def advance(done: int, total: int) -> None:
        nonlocal bar
        late = time.monotonic() - started > SHOW_PROGRESS_AFTER_S
        if late and bar is None and sys.stderr.isatty():
            bar = _bar(what)
            bar.start()
        if bar is not None:
            bar.update(bar.task_ids[0], completed=done, total=max(done, total))

    try:
        yield advance
    finally:
        if bar is not None:
            bar.stop()


def _bar(what: str) -> Progress:
    # Loaded where a bar is shown, for rich takes a while and most commands are done before.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )  # fmt: skip

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task(what, total=None)
    return bar


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
