"""Intake profiles: how a foreign system's columns and values become ours, told in TOML."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    field_validator,
    model_validator,
)

from heatmaps.complaints.record import WORDS
from heatmaps.errors import ConfigError
from heatmaps.region.events import EventKind
from heatmaps.region.objects import ObjectKind
from heatmaps.region.sites import SectorStatus
from heatmaps.region.timezones import is_timezone

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKAGED_PROFILES = Path(__file__).with_name("profiles")

ANY_VALUE = "*"
"""In a value mapping: every value that has no line of its own."""

ISO = "iso"
"""In `time_formats`: ISO 8601."""

UNIX, UNIX_MS = "unix", "unix_ms"
"""In `time_formats`: seconds, or milliseconds, since 1970-01-01 UTC."""

EXCEL = "excel"
"""In `time_formats`: days since 1899-12-30 on the local clock, as Excel counts them."""

FIXED_FORMATS = (ISO, UNIX, UNIX_MS, EXCEL)

_FORMAT_PROBE = datetime(2011, 7, 25, 13, 45)  # noqa: DTZ001 - a format is probed, no moment meant


class Kind(StrEnum):
    """What the rows of a file are."""

    COMPLAINTS = "complaints"
    SUBSCRIBERS = "subscribers"
    SITES = "sites"
    EVENTS = "events"
    OBJECTS = "objects"
    CUSTOMERS = "customers"


COLUMNS = {
    Kind.COMPLAINTS: [
        "external_id",
        "source",
        "created_at",
        "updated_at",
        "occurred_at",
        "state",
        "closed_at",
        "owner",
        "transferred_to",
        "customer_id",
        "address",
        "city",
        "address_kind",
        "lat",
        "lon",
        "accuracy_m",
        "location_source",
        "place",
        "technology",
        "serving_cell",
        "roaming",
        "brand",
        "channel",
        "language",
        "contact",
        "segment",
        "topic",
        "ltv",
        "critical",
        "text",
    ],
    Kind.SUBSCRIBERS: ["cell", "subscribers"],
    Kind.SITES: [
        "site_id",
        "sector_id",
        "name",
        "lat",
        "lon",
        "technology",
        "band",
        "azimuth",
        "status",
    ],
    Kind.EVENTS: [
        "event_id",
        "kind",
        "starts_at",
        "ends_at",
        "lat",
        "lon",
        "radius_m",
        "territory_id",
        "site_id",
        "text",
    ],
    Kind.OBJECTS: ["object_id", "kind", "name", "lat", "lon"],
    Kind.CUSTOMERS: [
        "customer_id",
        "address_kind",
        "address",
        "city",
        "lat",
        "lon",
        "segment",
        "ltv",
        "language",
        "channel",
        "contact",
        "consent_until",
    ],
}
"""Our columns by kind, read under their own names where the profile names no other."""

PAIRS = {"lat_lon": ("lat", "lon"), "lon_lat": ("lon", "lat")}
"""Names under `columns` for one column of theirs that holds both coordinates, in this order.

Points in WKT are x y whatever the name (OGC 06-103r4).
"""

_WKT = re.compile(r"\s*(?:SRID=\d+;)?\s*POINT\b", re.IGNORECASE)

EXTRA_COLUMNS: dict[Kind, list[str]] = {
    Kind.COMPLAINTS: ["name", *PAIRS],
    Kind.SUBSCRIBERS: [],
    Kind.SITES: list(PAIRS),
    Kind.EVENTS: list(PAIRS),
    Kind.OBJECTS: list(PAIRS),
    Kind.CUSTOMERS: list(PAIRS),
}
"""Our columns that are read only where a profile names them: personal data nobody asked for, and
coordinates in one column."""

REQUIRED = {
    Kind.COMPLAINTS: ("external_id", "created_at"),
    Kind.SUBSCRIBERS: ("cell", "subscribers"),
    Kind.SITES: ("site_id", "sector_id", "lat", "lon", "technology"),
    Kind.EVENTS: ("event_id", "kind", "starts_at"),
    Kind.OBJECTS: ("object_id", "kind", "lat", "lon"),
    Kind.CUSTOMERS: ("customer_id",),
}
"""Our columns without which a file cannot be used."""


FIXED: dict[str, type[StrEnum]] = {**WORDS, "status": SectorStatus}
"""The columns of any kind of file whose values are fixed, and their words."""

OWN_FIXED: dict[Kind, dict[str, type[StrEnum]]] = {
    Kind.EVENTS: {"kind": EventKind},
    Kind.OBJECTS: {"kind": ObjectKind},
}
"""Those whose words differ from one kind of file to the other."""


def wkt_start(text: str) -> int:
    """Give how many characters begin a point in WKT, with or without its SRID; 0 in other texts."""
    found = _WKT.match(text)
    return found.end() if found else 0


def folded(text: str) -> str:
    """Give the form in which column names and values are compared: stripped, caseless."""
    return text.strip().casefold()


def _listed(given: object) -> object:
    return (given,) if isinstance(given, str) else given


Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed)]


class Join(BaseModel):
    """Columns of theirs that together are one of ours: their values, parted by `between`.

    What is empty is left out, and so is a column that the file lacks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True)

    join: Annotated[Names, Field(min_length=2)]
    between: Annotated[str, Field(alias="with", max_length=8)] = " "


_NAMES, _JOIN = "names", "join"


def _form(given: object) -> str:
    return _JOIN if isinstance(given, (dict, Join)) else _NAMES


Theirs = Annotated[
    Annotated[Names, Tag(_NAMES)] | Annotated[Join, Tag(_JOIN)], Discriminator(_form)
]


class Profile(BaseModel):
    """How to read one kind of file of one foreign system.

    `columns` maps ours to theirs, the first that the file has, or several joined; `values` maps
    theirs to ours within one of our columns, compared caseless; `defaults` fills absent values of
    our columns; `only` keeps the rows whose column (theirs) has one of the values; `keep` names
    columns of theirs that are ours in no way and are stored with the complaint all the same.
    `encoding` and `delimiter` are recognised where absent. `sheet` is that of a workbook, its first
    where absent; `header_row` the line (sheet row) of the header, the first that is not blank where
    absent.
    With `decimal_comma` "1,234" is a little more than one. Naive times are of `timezone`, where
    absent of the caller's zone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = Kind.COMPLAINTS
    source: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    timezone: str | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    sheet: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    header_row: Annotated[int, Field(ge=1, le=1_000)] | None = None
    decimal_comma: bool = False
    time_formats: Annotated[Names, Field(min_length=1)] = (ISO,)
    keep: Names = ()
    columns: dict[str, Theirs] = {}
    values: dict[str, dict[str, str]] = {}
    defaults: dict[str, str] = {}
    only: dict[str, Annotated[Names, Field(min_length=1)]] = {}

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None and not is_timezone(name):
            message = "no such time zone; use an IANA name such as Europe/Moscow"
            raise ValueError(message)
        return name

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                plain = "\n".encode(name) == b"\n"
            except LookupError:
                plain = False
            if not plain:
                message = "not an encoding that can be read; use utf-8 or cp1251, or leave it out"
                raise ValueError(message)
        return name

    @field_validator("time_formats")
    @classmethod
    def _usable_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in formats:
            if pattern not in FIXED_FORMATS and not _tells_the_day(pattern):
                message = f"{pattern!r} does not tell a day; write it like %d.%m.%Y %H:%M"
                raise ValueError(message)
        return formats

    @model_validator(mode="after")
    def _our_columns(self) -> Self:
        ours = {*COLUMNS[self.kind], *EXTRA_COLUMNS[self.kind]}
        for section in ("columns", "values", "defaults"):
            strange = sorted(set(getattr(self, section)) - ours)
            if strange:
                message = (
                    f"{section}.{strange[0]} is no column of {self.kind}; "
                    f"ours are {', '.join(sorted(ours))}"
                )
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _kept_once(self) -> Self:
        names = [folded(name) for name in self.keep]
        twice = [name for name in self.keep if names.count(folded(name)) > 1]
        if twice or (self.keep and self.kind != Kind.COMPLAINTS):
            why = f"names {twice[0]!r} twice" if twice else f"has no place in {self.kind}"
            message = f"keep {why}; remove it"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _our_words(self) -> Self:
        """Refuse a fixed value for which every row that gets it would be quarantined."""
        given = list(self.defaults.items())
        given += [(ours, value) for ours, table in self.values.items() for value in table.values()]
        fixed = FIXED | OWN_FIXED.get(self.kind, {})
        for ours, value in given:
            if value and ours in fixed and value not in set(fixed[ours]):
                message = f"{value!r} is no {ours}; write one of {', '.join(fixed[ours])}"
                raise ValueError(message)
        return self

    def candidates(self, ours: str) -> tuple[str, ...]:
        """Give the file's names under which one of our columns may stand, the best first.

        Of a joined one its parts.
        """
        named = self.columns.get(ours)
        if named is not None:
            return named.join if isinstance(named, Join) else named
        return (ours,) if ours in COLUMNS[self.kind] and folded(ours) not in self._taken() else ()

    def positions(self, header: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """Give where our columns stand in a file with this header; absent ones are left out.

        One place each, and of a joined column those of the parts that the file has.
        """
        places = {folded(theirs): place for place, theirs in enumerate(header)}
        found: dict[str, tuple[int, ...]] = {}
        for ours in [*COLUMNS[self.kind], *EXTRA_COLUMNS[self.kind]]:
            names = map(folded, self.candidates(ours))
            hits = tuple(places[name] for name in names if name in places)
            if hits:
                found[ours] = hits if self.between(ours) is not None else hits[:1]
        return found

    def between(self, ours: str) -> str | None:
        """Give what parts the values that are joined to one of ours; None where none are."""
        named = self.columns.get(ours)
        return named.between if isinstance(named, Join) else None

    def used(self, header: Iterable[str]) -> set[str]:
        """Give the names of a header that the profile makes any use of."""
        names = tuple(header)
        kept = set(map(folded, self.keep))
        return self.judged(names) | {name for name in names if folded(name) in kept}

    def judged(self, header: Iterable[str]) -> set[str]:
        """Give the names of a header whose values become ours or decide about their row."""
        names = tuple(header)
        deciding = set(map(folded, self.only))
        read = {names[place] for places in self.positions(names).values() for place in places}
        return read | {name for name in names if folded(name) in deciding}

    def names(self) -> set[str]:
        """Give the names that the profile looks for in a header, in the form they are compared."""
        ours = [*COLUMNS[self.kind], *EXTRA_COLUMNS[self.kind]]
        read = (theirs for each in ours for theirs in self.candidates(each))
        return {folded(theirs) for theirs in (*read, *self.keep, *self.only)}

    def _taken(self) -> set[str]:
        """Give their columns that the profile reads as some column of ours."""
        return {folded(theirs) for ours in self.columns for theirs in self.candidates(ours)}


def packaged_profiles() -> list[str]:
    """Give the names of the profiles that come with the package."""
    return sorted(path.stem for path in PACKAGED_PROFILES.glob("*.toml"))


def load_profile(name_or_path: str | Path, kind: Kind = Kind.COMPLAINTS) -> Profile:
    """Read a profile: the name of a packaged one, or the path of a TOML file.

    ConfigError, in one sentence, where there is none, it is wrong, or it is of another kind.
    """
    profile = read_profile(name_or_path)
    if profile.kind != kind:
        message = (
            f"Intake profile {name_or_path} is for {profile.kind}, not for {kind}; choose another "
            "or correct its `kind`."
        )
        raise ConfigError(message)
    return profile


def read_profile(name_or_path: str | Path) -> Profile:
    """Read a profile of any kind. ConfigError where there is none or it is wrong."""
    path, text = _profile_path(name_or_path), profile_text(name_or_path)
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"Intake profile {path} is not valid TOML in UTF-8: {error}; mend the file."
        raise ConfigError(message) from error
    except ValidationError as error:
        message = f"Intake profile {path} cannot be used: {_first_fault(error)}"
        raise ConfigError(message) from error


def profile_text(name_or_path: str | Path) -> str:
    """Give a profile as it is written. ConfigError where there is none that can be read."""
    path = _profile_path(name_or_path)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"Intake profile {path} cannot be read: {error.strerror}; check the path."
        raise ConfigError(message) from error
    except UnicodeDecodeError as error:
        message = f"Intake profile {path} is not valid TOML in UTF-8: {error}; mend the file."
        raise ConfigError(message) from error


def _profile_path(name_or_path: str | Path) -> Path:
    name = str(name_or_path)
    if name in packaged_profiles():
        return PACKAGED_PROFILES / f"{name}.toml"
    path = Path(name)
    if path.suffix == ".toml" or path.exists():
        return path
    message = (
        f"There is no intake profile {name!r}; use one of {', '.join(packaged_profiles())} or the "
        "path of a TOML file."
    )
    raise ConfigError(message)


def _tells_the_day(pattern: str) -> bool:
    try:
        read = datetime.strptime(_FORMAT_PROBE.strftime(pattern), pattern)  # noqa: DTZ007 - a probe
    except ValueError:
        return False
    return read.date() == _FORMAT_PROBE.date()


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    place = [str(part) for part in fault["loc"]]
    if place[:1] == ["columns"] and place[2:3] in ([_NAMES], [_JOIN]):
        del place[2]  # which form a value was taken for is no part of the file
    where = ".".join(place)
    if fault["type"] == "extra_forbidden":
        known = Profile.model_fields if len(place) == 1 else ("join", "with")
        return f"unknown key {where}; remove it, known are {', '.join(known)}."
    reason = fault["msg"].removeprefix("Value error, ").rstrip(".")
    given = fault["input"]
    if isinstance(given, dict) or not where:
        return f"{where}{': ' if where else ''}{reason}."
    return f"{where} = {given!r}: {reason}; correct it."
