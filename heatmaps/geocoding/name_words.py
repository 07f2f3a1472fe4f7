"""Names by the words they hold: those a name with slips, missing or added words may mean."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heatmaps.geocoding import shares
from heatmaps.geocoding.normal_form import StreetName
from heatmaps.geocoding.normal_form.form import ADJECTIVE_ENDINGS
from heatmaps.geocoding.normal_form.pack import word_set
from heatmaps.geocoding.packed import Arrays, Texts, view
from heatmaps.geocoding.skeleton import skeleton
from heatmaps.geocoding.stems import is_of_another_gender
from heatmaps.geocoding.street_words import is_another_word
from heatmaps.geocoding.vocabulary import MOST_SLIPS, Vocabulary, may_slip, pack_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

LEAST_SHARE = 0.5
MOST_NAMES = 256
"""A word that more names of a town hold tells nothing by itself."""
_WORDS_KEPT = 32_768
_NAMES_KEPT = 8_192

RANKS = word_set(
    "академика маршала генерала адмирала композитора художника архитектора космонавта летчика"
    " героя героев профессора капитана братьев сестер полковника подполковника майора лейтенанта"
    " сержанта рядового солдата матроса партизана инженера доктора врача хирурга писателя поэта"
    " драматурга артиста актера режиссера скульптора зодчего конструктора ученого изобретателя"
    " революционера комиссара командарма комдива атамана князя княгини императора святого святой"
    " святителя преподобного учителя педагога тренера депутата директора гвардии имени памяти"
    " дважды народного"
)
"""Words before a name that people leave out."""

_SIZES = {
    form: StreetName(words=(form,)).core
    for form in word_set(
        "большая большое большой малая малое малый средняя среднее средний новая новое новый"
        " старая старое старый верхняя верхнее верхний нижняя нижнее нижний"
    )
}
"""Words that agree with the type of street, and the form that stands for all of them."""

_FORMS: dict[str, list[str]] = {}
for _form, _size in sorted(_SIZES.items()):
    _FORMS.setdefault(_size, []).append(_form)


class _Asked(NamedTuple):
    """The words of a name asked for, as written and as they are looked up."""

    written: list[str]
    words: list[str]


class LikeName(NamedTuple):
    """A name that may be meant, how surely, and what was changed to match it."""

    row: int
    share: float
    changes: tuple[str, ...]


class _Met(NamedTuple):
    """A word of names that a word of the query met, how surely, by how many slips.

    `tells` says whether it tells by itself which name is meant.
    """

    word: str
    share: float
    slips: int
    tells: bool


_Hit = tuple[int, _Met, list[int]]
"""The place of a word asked, what it met, and the rows that hold that."""


def pack_name_words(
    name: str, cores: Sequence[str], towns: NDArray[np.int32], *, bones: bool
) -> Arrays:
    """Give the words of names, or their skeletons, and which names of which town hold each."""
    terms: dict[str, int] = {}
    term_of: list[int] = []
    row_of: list[int] = []
    for row, core in enumerate(cores):
        for word in dict.fromkeys(_spellings(core, bones=bones)):
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


def _spellings(core: str, *, bones: bool) -> list[str]:
    """Give the words of a core and the forms that a word of size is written in."""
    words = words_of(core, bones=bones)
    return words if bones else [form for word in words for form in _FORMS.get(word, (word,))]


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
        self._terms = lru_cache(maxsize=_WORDS_KEPT)(self._terms_like)
        self._within = lru_cache(maxsize=_NAMES_KEPT)(self._names_within)

    def find(self, core: str, towns: Iterable[int] | None, *, may_add: bool) -> list[LikeName]:
        """Give the names of those towns, of any for None, like this core; the likeliest first.

        With `may_add` the core may hold a word that the name has not, whatever it means. Two slips
        in a word are looked for only where one explains nothing well.
        """
        where = None if towns is None else tuple(towns)
        found: list[LikeName] = []
        for most in range(1, MOST_SLIPS + 1):
            found = self._within(core, where, most)
            if found and not may_add:
                found = [name for name in found if not _adds(name)]
            if found and found[0].share >= shares.SURE_ENOUGH:
                break
        return found

    def learn(self, cores: Iterable[str]) -> None:
        """Look up at once what is like the words of these cores."""
        words = (word for core in cores for word in words_of(core, bones=self._bones))
        self._vocabulary.learn(words)

    def _names_within(self, core: str, towns: tuple[int, ...] | None, most: int) -> list[LikeName]:
        """Give the names like this one with up to `most` slips in a word."""
        asked = _Asked(core.split(), words_of(core, bones=self._bones))
        hits = [
            (place, one, rows)
            for place, word in enumerate(asked.words)
            for term, one in self._terms(word, most)
            if (rows := self._rows(term, towns))
        ]
        if not hits:
            return []
        fixed = _fixed(asked.words)
        scored = (
            self._scored(row, by_place, asked, fixed)
            for row, by_place in _met(asked.words, hits).items()
        )
        found = [name for name in scored if name is not None]
        if len(found) > 1:
            found.sort(key=lambda name: (-name.share, name.row))
        return found

    def _terms_like(self, word: str, most: int) -> list[tuple[int, _Met]]:
        """Give the terms that a word may be."""
        exact = self._vocabulary.exact(word)
        terms = [(exact, _meeting(word, 1.0, 0))] if exact is not None else []
        for term, slipped in self._vocabulary.like(word, most):
            known = self._vocabulary.words[term]
            share = shares.slip_share(min(len(word), len(known)), slipped)
            if exact is not None or is_another_word(word, known):
                share *= shares.KNOWN_WORD
            if known[0] != word[0] and known[:2] != word[1::-1]:
                share *= shares.FIRST_LETTER if slipped == 1 else shares.FIRST_LETTER_AND_MORE
            terms.append((term, _meeting(known, share, slipped)))
        return terms

    def _rows(self, term: int, towns: tuple[int, ...] | None) -> list[int]:
        if towns is None:
            return self._range(term << 32, (term + 1) << 32)
        if len(towns) == 1:
            key = term << 32 | towns[0]
            return self._range(key, key + 1)
        return [row for town in towns for row in self._rows(term, (town,))]

    def _range(self, low: int, high: int) -> list[int]:
        held = self._held
        start = bisect_left(held, low)
        if start == len(held) or held[start] >= high:
            return []
        end = bisect_left(held, high, start, min(start + MOST_NAMES + 1, len(held)))
        rows: list[int] = self._row[start:end].tolist()
        return rows if end - start <= MOST_NAMES else []

    def _scored(
        self, row: int, by_place: Mapping[int, _Met], asked: _Asked, fixed: list[str]
    ) -> LikeName | None:
        """Give how surely a row is the name asked for, None where it hardly is."""
        if len(by_place) < len(asked.words) and not any(o.tells for o in by_place.values()):
            return None
        known = self._cores[row].split()
        words = words_of(" ".join(known), bones=True) if self._bones else known
        reached = {one.word for one in by_place.values()}
        if len(reached) != len(by_place) or _fixed(words) != fixed:
            return None
        missing, added = list[str](), list[str]()
        if len(reached) < len(words):
            if not any(_tells(word) for word in reached):
                return None
            missing = [k for k, word in zip(known, words, strict=True) if word not in reached]
        if len(by_place) < len(asked.words):
            added = [word for i, word in enumerate(asked.written) if i not in by_place]
        share = aside_share(missing, added) if missing or added else 1.0
        share *= shares.SKELETON if self._bones else 1.0
        changes: list[str] = []
        for place, one in sorted(by_place.items()) if len(by_place) > 1 else by_place.items():
            share *= one.share
            if one.slips:
                right = known[words.index(one.word)]
                changes.append(_slip(asked.written[place], right))
        if len(changes) > 1:
            share *= shares.SEVERAL_SLIPS
        if share < LEAST_SHARE:
            return None
        changes += [f"word_missing:{word}" for word in missing]
        changes += [f"word_added:{word}" for word in added]
        return LikeName(row, share, tuple(changes))


def _met(asked: Sequence[str], hits: Sequence[_Hit]) -> dict[int, dict[int, _Met]]:
    """Give, by row, which of the words asked it holds, and how well.

    Rows that cannot be the name asked for at first sight are left out.
    """
    wanted = _wanted(asked, hits) if len(asked) > 1 else None
    met: dict[int, dict[int, _Met]] = {}
    for place, one, rows in hits:
        for row in rows:
            if wanted is None or row in wanted:
                known = met.setdefault(row, {})
                if place not in known or known[place].share < one.share:
                    known[place] = one
    return met


def _meeting(text: str, share: float, slips: int) -> _Met:
    word = _SIZES.get(text, text)
    return _Met(word, share, slips, _tells(word))


def _wanted(asked: Sequence[str], hits: Iterable[_Hit]) -> set[int]:
    """Give the rows that hold all the words asked, or one that tells, and every number."""
    at_place: list[set[int]] = [set() for _ in asked]
    telling: set[int] = set()
    for place, one, rows in hits:
        at_place[place].update(rows)
        if one.tells:
            telling.update(rows)
    wanted = telling.union(set.intersection(*at_place))
    for word, held in zip(asked, at_place, strict=True):
        if not may_slip(word):
            wanted &= held
    return wanted


def _slip(written: str, right: str) -> str:
    """Give the change from a word to the one known: a slip, or another gender."""
    kind = "gender" if is_of_another_gender(written, right) else "typo"
    return f"{kind}:{written.capitalize()}→{right.capitalize()}"


def _fixed(words: Iterable[str]) -> list[str]:
    """Give the words that must be the same in both names: numbers and the shortest."""
    return sorted([word for word in words if not may_slip(word)])


def _tells(word: str) -> bool:
    """Tell whether a word says by itself which name is meant."""
    return may_slip(word) and word not in RANKS and word not in _FORMS


def _adds(name: LikeName) -> bool:
    added = [c.partition(":")[2] for c in name.changes if c.startswith("word_added:")]
    return any(word not in RANKS for word in added)


def aside_share(missing: Sequence[str], added: Sequence[str]) -> float:
    """Give the share for words that only one of the two names has."""
    if missing and added:
        return 0.0
    if all(word in RANKS for word in (*missing, *added)):
        return shares.RANK_ASIDE if missing or added else 1.0
    if added:
        return shares.WORD_ADDED if len(added) == 1 else 0.0
    if any(word.endswith(ADJECTIVE_ENDINGS) for word in missing):
        return shares.WORD_MISSING_DESCRIBES
    return shares.WORD_MISSING if len(missing) == 1 else shares.WORD_MISSING_DESCRIBES
