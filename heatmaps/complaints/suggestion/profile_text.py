"""A suggested profile as TOML that says of everything where it comes from and what is in doubt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DELETE = "\x7f"


def quoted(text: str) -> str:
    """Give a text as a TOML string, which takes what JSON takes and DEL besides."""
    return json.dumps(text, ensure_ascii=False).replace(_DELETE, "\\u007f")


def listed(texts: Iterable[str]) -> str:
    """Give texts as a TOML array."""
    return f"[{', '.join(map(quoted, texts))}]"


def setting(name: str, value: str, says: str = "") -> str:
    """Give one line of a setting, `value` being TOML already, with what is said of it."""
    return _with_comment(f"{name} = {value}", says)


def comment(says: str, indent: str = "") -> str:
    """Give one line of comment; a line break inside would end it."""
    return f"# {indent}{' '.join(says.splitlines())}"


def section(name: str, lines: Sequence[str]) -> list[str]:
    """Give the lines of a table with its head, or none where it has none."""
    return ["", f"[{name}]", *lines] if lines else []


def _with_comment(line: str, says: str) -> str:
    return f"{line}  {comment(says)}" if says else line
