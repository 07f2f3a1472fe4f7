"""HTML for the pages: every text is escaped on its way in, so its origin does not matter."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Iterable

Html = NewType("Html", str)
"""HTML made in this module."""


def text(value: object) -> Html:
    """Give a text as HTML that shows exactly its characters."""
    return Html(html.escape(str(value)))


def element(tag: str, *content: Html, css: str = "", title: str = "") -> Html:
    """Give an element around its content; `css` are class names, `title` a hint of any origin."""
    attributes = f' class="{css}"' if css else ""
    attributes += f' title="{html.escape(title)}"' if title else ""
    return Html(f"<{tag}{attributes}>{''.join(content)}</{tag}>")


def facts(pairs: Iterable[tuple[str, Html]]) -> Html:
    """Give names with their values as a list of two columns."""
    rows = (element("div", element("dt", text(n)), element("dd", v)) for n, v in pairs)
    return element("dl", *rows, css="facts")


def table(head: Iterable[str], rows: Iterable[Iterable[Html]], css: str = "") -> Html:
    """Give a table with a head."""
    top = element("tr", *(element("th", text(name)) for name in head))
    body = (element("tr", *(element("td", cell) for cell in row)) for row in rows)
    return element("table", element("thead", top), element("tbody", *body), css=f"sheet {css}")
