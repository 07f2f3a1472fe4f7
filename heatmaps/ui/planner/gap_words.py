"""A gap in the words of the screens, and as a row of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.insight.gap import GapClass
from heatmaps.ui.rows import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heatmaps.insight.gap import Gap
    from heatmaps.ui.locale import Translator

COLOURS = {
    GapClass.NO_COVERAGE: ("#882255", "#ffffff"),
    GapClass.CAPACITY: ("#ddaa33", "#1b2430"),
    GapClass.INDOOR: ("#33789c", "#ffffff"),
    GapClass.UNEXPLAINED: ("#d5dae0", "#1b2430"),
}
"""Fill and ink of each class; they differ in lightness too, so that they are told apart without
colour vision (after Paul Tol's muted scheme)."""


def gap_number(gap: Gap) -> str:
    """Give the number people say to each other."""
    return f"№\N{NO-BREAK SPACE}{gap.gap_id}"


def gap_title(gap: Gap, _: Translator) -> str:
    """Give what it lacks, of which technology."""
    told = _.word("gap_class", gap.gap_class)
    return f"{told} · {_.word('technology', gap.technology)}" if gap.technology else told


def gap_place(gap: Gap, names: Mapping[str, str], _: Translator) -> str:
    """Give the name of its territory."""
    return names.get(gap.territory_id or "") or _("outside all territories")


def against_expected(gap: Gap, _: Translator) -> str:
    """Give the complaints and what was to be expected: 64 complaints, 18.1 expected."""
    complaints = _.plural("{n} complaint", "{n} complaints", gap.complaints)
    digits = 1 if gap.expected < 100 else 0  # noqa: PLR2004 - three figures are enough
    expected = _.number(gap.expected, digits=digits)
    return _("{complaints}, {n} expected").format(complaints=complaints, n=expected)


def gap_row(gap: Gap, names: Mapping[str, str], _: Translator) -> Row:
    """Give the gap as a row, its badge as on the map."""
    fill, ink = COLOURS[gap.gap_class]
    return Row(
        id=str(gap.gap_id),
        title=gap_title(gap, _),
        detail=" · ".join((against_expected(gap, _), gap_number(gap), gap_place(gap, names, _))),
        tag=_.word("pattern", gap.pattern),
        badge=str(gap.rank),
        fill=fill,
        ink=ink,
    )


def gap_label(gap: Gap, names: Mapping[str, str], _: Translator) -> str:
    """Give the tooltip: what, where, how many; lines, the first of them the title."""
    return "\n".join((
        f"{gap_number(gap)} · {gap_title(gap, _)}",
        _.word("pattern", gap.pattern),
        gap_place(gap, names, _),
        against_expected(gap, _),
        _.plural("{n} subscriber lives here", "{n} subscribers live here", round(gap.subscribers)),
    ))  # fmt: skip
