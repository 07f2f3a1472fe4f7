"""Names by the words they hold: those a name with slips, missing or added words may mean."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heatmaps.geocoding import shares
from heatmaps.geocoding.packed import Arrays, Texts, view
from heatmaps.geocoding.skeleton import skeleton
from heatmaps.geocoding.vocabulary import Vocabulary, may_slip, pack_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

LEAST_SHARE = 0.5
MOST_NAMES = 256
"""A word that more names of a town hold tells nothing by itself."""

RANKS = frozenset(
    "академика маршала генерала адмирала композитора художника архитектора космонавта летчика"
    " героя героев профессора капитана братьев сестер полковника подполковника майора лейтенанта"
    " сержанта рядового солдата матроса партизана инженера доктора врача хирурга писателя поэта"
    " драматурга артиста актера режиссера скульптора зодчего конструктора ученого изобретателя"
    " революционера комиссара командарма комдива атамана князя княгини императора святого святой"
    " святителя преподобного учителя педагога тренера депутата директора гвардии имени памяти"
    " дважды народного".split()
)
"""Words before a name that people leave out."""

_DESCRIBING = ("ая", "яя", "ий", "ый", "ой", "ое", "ее")


class LikeName(NamedTuple):
    """A name that may be meant, how surely, and what was changed to match it."""

    row: int
    share: float
    changes: tuple[str, ...]


class _Met(NamedTuple):
    """A word of a name that a word of the query met."""

    term: int
    share: float
    slips: int


def pack_name_words(
    name: str, cores: Sequence[str], towns: NDArray[np.int32], *, bones: bool
) -> Arrays:
    """Give the words of names, or their skeletons, and which names of which town hold each."""
    terms: dict[str, int] = {}
    term_of: list[int] = []
    row_of: list[int] = []
    for row, core in enumerate(cores):
        for word in dict.fromkeys(words_of(core, bones=bones)):
            term_of.append(terms.setdefault(word, len(terms)))
            row_of.append(row)
    rows, found = np.array(row_of, np.uint32), np.array(term_of, np.uint64)
    held = found << np.uint64(32) | towns[rows].astype(np.uint64)
    order = np.lexsort((rows, held))
    return {
        **pack_vocabulary(name, list(terms)),
        f"{name}.held": held[order],
        f"{name}.row": rows[order],
    }


def words_of(core: str, *, bones: bool) -> list[str]:
    """Give the words of a core, or their skeletons; numbers stay as they are."""
    words = core.split()
    return [skeleton(w) or w if may_slip(w) else w for w in words] if bones else words


class NameWords:
    """Names found by their words; `core` gives the core of a name's row."""

    def __init__(
        self, arrays: Mapping[str, NDArray[Any]], name: str, cores: Texts, *, bones: bool
    ) -> None:
        self._vocabulary = Vocabulary(arrays, name)
        self._held = view(arrays, f"{name}.held")
        self._row = view(arrays, f"{name}.row")
        self._cores = cores
        self._bones = bones

    def find(self, core: str, towns: Iterable[int] | None, *, may_add: bool) -> list[LikeName]:
        """Give the names of those towns, of any for None, like this core; the likeliest first.

        With `may_add` the core may hold a word that the name has not, whatever it means.
        """
        asked = words_of(core, bones=self._bones)
        written = core.split()
        met = self._met(asked, towns)
        fixed = sorted(word for word in asked if not may_slip(word))
        found = []
        for row, by_place in met.items():
            name = self._scored(row, by_place, asked, written, fixed)
            if name is not None and (may_add or not _adds(name)):
                found.append(name)
        found.sort(key=lambda name: (-name.share, name.row))
        return found

    def _met(self, asked: Sequence[str], towns: Iterable[int] | None) -> dict[int, dict[int, _Met]]:
        """Give, by row, which of the words asked it holds, and how well."""
        met: dict[int, dict[int, _Met]] = {}
        where = None if towns is None else list(towns)
        for place, word in enumerate(asked):
            for one in self._terms(word):
                for row in self._rows(one.term, where):
                    known = met.setdefault(row, {})
                    if place not in known or known[place].share < one.share:
                        known[place] = one
        return met

    def _terms(self, word: str) -> list[_Met]:
        exact = self._vocabulary.exact(word)
        found = [] if exact is None else [_Met(exact, 1.0, 0)]
        doubt = shares.KNOWN_WORD if exact is not None else 1.0
        for like in self._vocabulary.like(word):
            known = self._vocabulary.words[like.term]
            share = shares.slip_share(min(len(word), len(known)), like.slips) * doubt
            if known[0] != word[0] and known[:2] != word[1::-1]:
                share *= shares.FIRST_LETTER
            found.append(_Met(like.term, share, like.slips))
        return found

    def _rows(self, term: int, towns: list[int] | None) -> list[int]:
        if towns is None:
            return self._range(term << 32, (term + 1) << 32)
        rows: list[int] = []
        for town in towns:
            key = term << 32 | town
            rows += self._range(key, key + 1)
        return rows

    def _range(self, low: int, high: int) -> list[int]:
        start = bisect_left(self._held, low)
        end = bisect_left(self._held, high, start, min(start + MOST_NAMES + 1, len(self._held)))
        return self._row[start:end].tolist() if end - start <= MOST_NAMES else []

    def _scored(
        self,
        row: int,
        by_place: Mapping[int, _Met],
        asked: Sequence[str],
        written: Sequence[str],
        fixed: Sequence[str],
    ) -> LikeName | None:
        known = self._cores[row].split()
        terms = words_of(" ".join(known), bones=self._bones) if self._bones else known
        if sorted(word for word in terms if not may_slip(word)) != fixed:
            return None
        word_at = self._vocabulary.words
        reached = {word_at[one.term] for one in by_place.values()}
        missing = [k for k, t in zip(known, terms, strict=True) if t not in reached]
        added = [w for i, w in enumerate(written) if i not in by_place]
        if len(reached) != len(by_place) or not any(may_slip(asked[i]) for i in by_place):
            return None
        share = _aside_share(missing, added)
        slipped = 0
        changes: list[str] = []
        for place, one in sorted(by_place.items()):
            share *= one.share
            if one.slips:
                slipped += 1
                right = known[terms.index(word_at[one.term])]
                changes.append(f"typo:{written[place].capitalize()}→{right.capitalize()}")
        if slipped > 1:
            share *= shares.SEVERAL_SLIPS
        if self._bones:
            share *= shares.SKELETON
        changes += [f"word_missing:{word}" for word in missing]
        changes += [f"word_added:{word}" for word in added]
        return LikeName(row, share, tuple(changes)) if share >= LEAST_SHARE else None


def _adds(name: LikeName) -> bool:
    added = [c.partition(":")[2] for c in name.changes if c.startswith("word_added:")]
    return any(word not in RANKS for word in added)


def _aside_share(missing: Sequence[str], added: Sequence[str]) -> float:
    """Give the share for words that only one of the two names has."""
    if missing and added:
        return 0.0
    if all(word in RANKS for word in (*missing, *added)):
        return shares.RANK_ASIDE if missing or added else 1.0
    if added:
        return shares.WORD_ADDED if len(added) == 1 else 0.0
    if any(word.endswith(_DESCRIBING) for word in missing):
        return shares.WORD_MISSING_DESCRIBES
    return shares.WORD_MISSING if len(missing) == 1 else shares.WORD_MISSING_DESCRIBES
