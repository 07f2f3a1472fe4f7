"""All settlements of a gazetteer, found by any of their names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heatmaps.errors import UsageError
from heatmaps.geocoding import shares
from heatmaps.geocoding.identity import identity_of, parted_region
from heatmaps.geocoding.normal_form import settlement_key, settlement_kind
from heatmaps.geocoding.normal_form.layout import is_odd
from heatmaps.geocoding.normal_form.russian import RUSSIAN
from heatmaps.geocoding.other_names import other_name
from heatmaps.geocoding.packed import Arrays, Keys, Texts, pack_keys, pack_texts, view
from heatmaps.geocoding.regions import region_words
from heatmaps.geocoding.short_towns import ShortTowns
from heatmaps.geocoding.skeleton import skeleton
from heatmaps.geocoding.stems import stems
from heatmaps.geocoding.vocabulary import Vocabulary, pack_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Settlements


_LATIN = re.compile("[a-z]")
KIND_CONTRADICTED = 0.95
"""Confidence where the settlement is one of another kind: a село is often called деревня."""
GARDENS_CONTRADICTED = 0.8
"""Confidence where a village is asked for and gardens bear its name, or the other way round."""
_GARDENS = frozenset({"товарищество", "днт", "онт", "гск"})
_POSTAL_DISTRICT = re.compile(r"[a-z]{1,2}\d[a-z\d]?")
_PARTICLE = 3
"""Words no longer than this join two of a town's name (на, под): a slip there tells nothing."""
_SLIP_FROM = 5
"""Shorter names of settlements are too like each other (Омск, Томск) to be taken for misspelt."""


CITY_MISSING = "city_missing"
DEFAULT_CITY = "default_city"
"""Changes: no settlement is named, so the place may lie anywhere; or where the caller said."""


class Towns(NamedTuple):
    """Where to look: settlements (None is anywhere), how surely, and why."""

    settlements: tuple[int, ...] | None
    confidence: float = 1.0
    changes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def pack_towns(settlements: Settlements) -> Arrays:
    """Give the packed settlement table, every settlement under all its names."""
    told = zip(settlements.name, settlements.kind, settlements.region, strict=True)
    identities = [identity_of(*one) for one in told]
    keys = [one.name for one in identities]
    of_name = dict.fromkeys((key, i) for i, key in enumerate(keys))
    for i, others in enumerate(settlements.aliases):
        for other in others.splitlines() if others else ():
            of_name.setdefault((settlement_key(other), i))
    names = [(key, i) for key, i in of_name if key]
    spelt = list(dict.fromkeys(key for key, _ in names))
    bones = sorted({(_bone(key), key) for key in spelt})
    return {
        **pack_texts("town.name", settlements.name),
        **pack_texts("town.region", settlements.region),
        **pack_texts("town.key", keys),
        **pack_texts("town.region_key", [f"{one.region}|{one.district}" for one in identities]),
        **pack_texts("town.kind", [one.kind for one in identities]),
        **pack_texts("town.lasting", [one.key for one in identities]),
        "town.lat": settlements.lat.astype(np.float64),
        "town.lon": settlements.lon.astype(np.float64),
        "town.uncertainty_m": settlements.uncertainty_m.astype(np.float64),
        "town.latin": np.array([any(_LATIN.search(key) for key in spelt)], np.uint8),
        **pack_keys("towns", [key for key, _ in names]),
        "towns.town": np.array([i for _, i in names], np.uint32),
        **pack_keys("town_stems", [stems(key) for key, _ in names]),
        **pack_vocabulary("town_word", spelt),
        **pack_vocabulary("town_bone", list(dict.fromkeys(bone for bone, _ in bones))),
        **pack_keys("town_bones", [bone for bone, _ in bones]),
        **pack_texts("town_bones.key", [key for _, key in bones]),
    }


def _without_particles(key: str) -> str:
    """Give a name without the short words between two others; numbers and the last stay.

    A postal district, ``nw1``, is not the last word of a name.
    """
    first, *inner = key.split() or [""]
    if inner and _POSTAL_DISTRICT.fullmatch(inner[-1]):
        inner.pop()
    last = inner.pop() if inner else ""
    kept = [word for word in inner if len(word) > _PARTICLE or not word.isalpha()]
    return " ".join(part for part in (first, *kept, last) if part)


def _bone(key: str) -> str:
    return skeleton("".join(key.replace("-", " ").split()))


class TownTable:
    """Settlements by the normal form of their names.

    `default` are those that addresses without a city lie in. Raises UsageError where that city is
    not in the gazetteer.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], default_city: str | None) -> None:
        self.name = Texts(arrays, "town.name")
        self.region = Texts(arrays, "town.region")
        self.lat = view(arrays, "town.lat")
        self.lon = view(arrays, "town.lon")
        self.uncertainty_m = view(arrays, "town.uncertainty_m")
        self._key = Texts(arrays, "town.key")
        self._region_key = Texts(arrays, "town.region_key")
        self._kind = Texts(arrays, "town.kind")
        self._lasting = Texts(arrays, "town.lasting")
        self._names = Keys(arrays, "towns")
        self._town = view(arrays, "towns.town")
        self._stems = Keys(arrays, "town_stems")
        self._words = Vocabulary(arrays, "town_word")
        self._bones = Vocabulary(arrays, "town_bone")
        self._bone_keys = Keys(arrays, "town_bones")
        self._key_of_bone = Texts(arrays, "town_bones.key")
        self.has_latin = bool(arrays["town.latin"][0])
        self._short: ShortTowns | None = None
        self._known: dict[str, tuple[int, ...]] = {}
        self._labels: dict[int, str] = {}
        self._keys: dict[int, str] = {}
        self._region_words: dict[int, frozenset[str]] = {}
        self.default = self.of_name(settlement_key(default_city)) if default_city else ()
        if default_city and not self.default:
            message = (
                f"Default city {default_city!r} is not in the gazetteer; load a gazetteer that "
                "holds it or name another city."
            )
            raise UsageError(message)

    def __len__(self) -> int:
        """Give the number of settlements."""
        return len(self.name)

    def of_name(self, key: str) -> tuple[int, ...]:
        """Give the settlements that have a name of this normal form; own names before others."""
        known = self._known.get(key)
        if known is None:
            towns = tuple(sorted({self._town[at] for at in self._names.all(key)}))
            own = tuple(town for town in towns if self._key[town] == key)
            known = own or towns
            if known:
                self._known[key] = known
        return known

    def known_as(self, name: str, *, in_case: bool, whole: bool) -> Towns | None:
        """Give the settlements of any name, the listed short, foreign and former ones among them.

        With `in_case` the name may stand in another case; a former name must be `whole`, with no
        other word beside it.
        """
        known = self.of_name(name) or self.of_name(RUSSIAN.settlement_aliases.get(name, ""))
        if known:
            return Towns(known)
        other = other_name(name)
        known = self.of_name(other.own) if other and (whole or not other.former) else ()
        if other and known:
            share = shares.FORMER_NAME if other.former else shares.SKELETON
            return Towns(known, share, (f"city_name:{name}→{other.own}",))
        if in_case:
            bare = stems(name)
            known = self.of_stem(bare)
            known = known or self.of_name(_stems_of_short_names().get(bare, ""))
        return Towns(known, shares.OTHER_CASE, (f"city_case:{name}",)) if known else None

    def of_stem(self, bare: str) -> tuple[int, ...]:
        """Give the settlements that have a name with these stems, as `stems` gives them."""
        return tuple(sorted({self._town[at] for at in self._stems.all(bare)}))

    def region_key(self, town: int) -> str:
        """Give the normal form of a settlement's region and district, empty where none is known."""
        return self._region_key[town].replace("|", " ").strip()

    def region_words(self, town: int) -> frozenset[str]:
        """Give what tells the region and the district of a settlement from others."""
        words = self._region_words.get(town)
        if words is None:
            told = [name for name in self._region_key[town].split("|") if name]
            words = self._region_words[town] = frozenset[str]().union(*map(region_words, told))
        return words

    def narrowed(self, towns: Towns, words: Iterable[str]) -> Towns:
        """Leave the namesakes that lie in a region named by these words; all where none does."""
        said = {word for name in words for word in region_words(name)}
        within = tuple(town for town in towns.settlements or () if self.region_words(town) & said)
        return towns._replace(settlements=within) if within else towns

    def of_kind(self, kind: str, towns: Towns) -> Towns:
        """Narrow namesakes down to the kind written; one known of another kind is less likely."""
        if not kind or not towns.settlements:
            return towns
        kinds = {town: self._kind[town] for town in towns.settlements}
        for fits in (kind, ""):
            alike = tuple(town for town, known in kinds.items() if known == fits)
            if alike:
                return towns._replace(settlements=alike)
        alike = tuple(t for t, known in kinds.items() if (known in _GARDENS) == (kind in _GARDENS))
        found = alike or towns.settlements
        return towns._replace(
            settlements=found,
            confidence=towns.confidence * (KIND_CONTRADICTED if alike else GARDENS_CONTRADICTED),
            changes=(*towns.changes, f"place_kind:{kind}→{kinds[found[0]]}"),
        )

    def key(self, town: int) -> str:
        """Give the lasting key of a settlement, as `gazetteer.settlement_keys` does."""
        key = self._keys.get(town)
        if key is None:
            key = self._keys[town] = self._lasting[town]
        return key

    def label(self, town: int) -> str:
        """Give a settlement's name; where it has a namesake with its region, kind and point."""
        label = self._labels.get(town)
        if label is None:
            label = self._distinct_label(town) if self.has_namesake(town) else self.name[town]
            self._labels[town] = label
        return label

    def _distinct_label(self, town: int) -> str:
        name, kind = self.name[town], self._kind[town]
        region, point = parted_region(self.region[town])
        if kind and not settlement_kind(name):
            name = f"{kind} {name}"
        if point:
            name = f"{name} ({point})"
        return ", ".join(part for part in (region, name) if part)

    def of_key(self, key: str) -> int | None:
        """Give the settlement with this lasting key, None where there is none."""
        towns = self._names.all(key.partition("|")[0])
        return next((t for at in towns if self.key(t := self._town[at]) == key), None)

    def has_namesake(self, town: int) -> bool:
        """Tell whether another settlement bears the same name."""
        return len(self.of_name(self._key[town])) > 1

    def like(self, key: str, *, by_sound: bool) -> Towns:
        """Give the settlements whose name is nearly this one, none of them where none is."""
        joined = _without_particles(key)
        if joined != key and (known := self.of_name(joined)):
            return Towns(known, shares.GLUED, (f"city_typo:{key.capitalize()}",))
        sounding = _bone(key)
        same = self._of_bone(sounding) if by_sound else ()
        if same:
            return Towns(same, shares.SKELETON, (f"city_spelling:{key}",))
        if key in _listed_cities():
            return Towns(())
        for words, spelt, find in (
            (self._words, key, self.of_name),
            *([(self._words, joined, self.of_name)] if joined != key else []),
            *([(self._bones, sounding, self._of_bone)] if by_sound else []),
        ):
            if len(spelt) < _SLIP_FROM:
                continue
            nearest = _nearest(words, spelt)
            towns = {t for term in nearest.terms for t in find(words.words[term])}
            if towns:
                right = words.words[nearest.terms[0]]
                change = f"city_typo:{key.capitalize()}→{right.capitalize()}"
                return Towns(tuple(sorted(towns)), nearest.share, (change,))
        return Towns(())

    def shortened(self, name: str, kind: str = "") -> Towns:
        """Give the settlements that a name is short for, none of them where none is.

        Of ``С. Посад`` the letter may have been taken for a `kind` of settlement.
        """
        if self._short is None:
            self._short = ShortTowns(self._words.words[i] for i in range(len(self._words.words)))
        letters = [letter for letter, full in RUSSIAN.letters.items() if full == kind]
        for written in (name, *(f"{letter} {name}" for letter in letters)):
            meant = self._short.meant_by(written)
            if meant:
                towns = {town for key in meant for town in self.of_name(key)}
                change = f"city_name:{written}→{meant[0]}"
                return Towns(tuple(sorted(towns)), shares.GLUED, (change,))
        return Towns(())

    def learn(self, names: Iterable[str]) -> None:
        """Look up at once what is like these names, so that `like` has it at hand."""
        self._words.learn(names)

    def one_slip_from(self, name: str) -> Iterator[Towns]:
        """Give the settlements, each for itself, whose name however short is one slip away.

        None where the name is a city's of its own, as Орск beside Омск, or begins otherwise.
        """
        for term, _ in self._words.like(name, 1) if name not in _listed_cities() else ():
            right = self._words.words[term]
            if not (_begin_alike(name, right) or is_odd(name)):
                continue
            change = f"city_typo:{name.capitalize()}→{right.capitalize()}"
            for town in self.of_name(right):
                yield Towns((town,), shares.SHORT_TOWN, (change,))

    def _of_bone(self, bone: str) -> tuple[int, ...]:
        keys = {self._key_of_bone[at] for at in self._bone_keys.all(bone)}
        return tuple(sorted({town for key in keys for town in self.of_name(key)}))


class _Nearest(NamedTuple):
    """The terms the fewest slips away, and how surely one of them is meant."""

    terms: tuple[int, ...]
    share: float


def _nearest(words: Vocabulary, spelt: str) -> _Nearest:
    """Give the names nearest to one; a wrong first letter is believed of long names only."""
    best: dict[int, float] = {}
    for term, slips in words.like(spelt):
        known = words.words[term]
        share = shares.slip_share(min(len(spelt), len(known)), slips)
        if not _begin_alike(spelt, known):
            if slips > 1 or len(known) <= _SLIP_FROM:
                continue
            share *= shares.FIRST_LETTER
        if len(known) >= _SLIP_FROM:
            best[term] = share
    top = max(best.values(), default=0.0)
    close = tuple(term for term, share in best.items() if share >= top * (1 - shares.CLOSE))
    return _Nearest(close, top)


def _begin_alike(written: str, known: str) -> bool:
    """Tell whether the first letter is right, or swapped with the second."""
    return written[0] == known[0] or written[:2] == known[1::-1]


@lru_cache(maxsize=1)
def _stems_of_short_names() -> dict[str, str]:
    """Give the stems of cities' short names (``питер``) → their full name."""
    return {stems(short): name for short, name in RUSSIAN.settlement_aliases.items()}


@lru_cache(maxsize=1)
def _listed_cities() -> frozenset[str]:
    return frozenset(RUSSIAN.settlement_cases.values()) | frozenset(
        RUSSIAN.settlement_aliases.values()
    )
