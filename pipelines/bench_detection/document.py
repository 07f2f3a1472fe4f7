"""The page the figures stand on: only what lies between two marks is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

BEGIN, END = "<!-- figures of `heatmaps bench detection` -->", "<!-- end of the figures -->"


def written_into(path: Path, command: str, figures: str) -> None:
    """Put figures, and the command that made them, between the marks of a page.

    UsageError where the page or one of its marks is missing; the page is then as it was.
    """
    check_page(path)
    page = path.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    held = f"{BEGIN}\n\n```sh\n{command}\n```\n\n{figures}\n\n{END}"
    path.write_text(f"{head}{held}{tail}", encoding="utf-8")


def check_page(path: Path) -> None:
    """Raise UsageError where figures cannot be put into a page."""
    if not path.is_file():
        message = f"There is no page {path}; name one that has the lines {BEGIN!r} and {END!r}."
        raise UsageError(message)
    page = path.read_text(encoding="utf-8")
    if not 0 <= page.find(BEGIN) < page.find(END):
        message = f"Page {path} lacks the lines {BEGIN!r} and {END!r}; add them where figures go."
        raise UsageError(message)
