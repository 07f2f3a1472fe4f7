"""Addresses that we cannot place to an online provider, and its answers to complaints."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from heatmaps.errors import ProviderError, ProviderPausedError, UsageError
from heatmaps.geocoding.online.account import refuse_batch
from heatmaps.geocoding.online.enquiry import Enquiry
from heatmaps.geocoding.online.finding import Finding
from heatmaps.geocoding.online.pace import Clock
from heatmaps.geocoding.online.provider import connect
from heatmaps.geocoding.online.question import KnownNames, question
from heatmaps.geocoding.online.verdict import better, judged
from heatmaps.geocoding.result import ACCEPTED
from heatmaps.store import provider_answers
from heatmaps.store.provider_answers import Kept
from heatmaps.store.review_queue import doubtful_forms
from pipelines.place_complaints import PlacedAgain, place_forms_again

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.online.provider import Ask
    from heatmaps.geocoding.online.question import Question
    from heatmaps.geocoding.result import Geocoder, GeocodeResult, Suggestion
    from heatmaps.store.engine import Store
    from heatmaps.store.provider_answers import Said
    from heatmaps.store.review_queue import DoubtfulForm

KEEP_FOUND = timedelta(days=90)
KEEP_NOT_FOUND = timedelta(days=7)

PROVIDER_FAILED = "provider_failed"
"""The fault of an address that was asked and got no answer: it is not known yet."""
PROVIDER_LEFT = "provider_left"
"""The fault of an address that was left for later: the day's requests are spent, or a pause."""

NOTHING = PlacedAgain(0, 0, 0)


@dataclass(frozen=True, slots=True)
class StoredAnswers:
    """The `Memory` of a provider whose answers may be kept in the store."""

    store: Store
    provider: str
    clock: Clock

    def recall(self, asked: str) -> list[Finding] | None:
        """Give the answer kept; one that cannot be read is none, and is asked for again."""
        with self.store.reading() as connection:
            written = provider_answers.recall(connection, asked, self.clock.now())
        try:
            return None if written is None else [Finding.read(each) for each in written]
        except (KeyError, TypeError, ValueError):
            return None

    def keep(self, asked: str, findings: Sequence[Finding]) -> None:
        """Keep an answer for its time, an empty one for a shorter one."""
        now = self.clock.now()
        until = now + (KEEP_FOUND if findings else KEEP_NOT_FOUND)
        kept = Kept(asked, self.provider, [each.written() for each in findings], now, until)
        with self.store.writing() as connection:
            provider_answers.keep(connection, kept)


@dataclass(frozen=True, slots=True)
class SessionAnswers:
    """The `Memory` of a provider whose terms forbid keeping its answers."""

    known: dict[str, list[Finding]] = field(default_factory=dict)

    def recall(self, asked: str) -> list[Finding] | None:
        """Give what was answered in this session."""
        return self.known.get(asked)

    def keep(self, asked: str, findings: Sequence[Finding]) -> None:
        """Remember it until the session ends."""
        self.known[asked] = list(findings)


@dataclass(frozen=True, slots=True)
class StoredBudget:
    """The day's requests, counted in the store for all processes together; the day is UTC's."""

    store: Store
    account: Account
    clock: Clock

    def take(self) -> bool:
        """Take one request off the day's."""
        day = self.clock.now().date().isoformat()
        with self.store.writing() as connection:
            return provider_answers.take_request(
                connection, self.account.provider, day, self.account.per_day
            )


def open_enquiry(
    store: Store, account: Account, clock: Clock | None = None, ask: Ask | None = None
) -> Enquiry:
    """Give a session of asking an account's provider, `ask` being how where told."""
    clock = clock or Clock()
    memory = StoredAnswers(store, account.provider, clock) if account.keeps else SessionAnswers()
    budget = StoredBudget(store, account, clock)
    return Enquiry(account, ask or connect(account), memory, budget, clock)


def names_of(store: Store) -> KnownNames:
    """Give the names that the store's gazetteer knows."""
    with store.reading() as connection:
        return KnownNames.of(*provider_answers.known_names(connection))


@dataclass(slots=True)
class Counts:
    """What became of addresses: asked = found + not_found + failed + left_over.

    `withheld` were never asked: without a settlement, or with nothing that may be told.
    """

    asked: int = 0
    found: int = 0
    not_found: int = 0
    failed: int = 0
    left_over: int = 0
    withheld: int = 0

    def as_run(self) -> dict[str, int]:
        """Give those that add up."""
        return {name: count for name, count in asdict(self).items() if name != "withheld"}


@dataclass(slots=True)
class GeocoderWithProvider:
    """A `Geocoder` that asks a provider where our own answer is doubtful, and takes the better.

    An address that the provider failed on keeps our answer and says so among its faults. Every
    question is put once; `why` is the last reason why one was not answered. With `asks` False
    nothing goes out: what is remembered answers, the rest is left.
    """

    ours: Geocoder
    enquiry: Enquiry
    known: KnownNames
    default_city: str | None = None
    asks: bool = True
    counts: Counts = field(default_factory=Counts)
    why: str = ""
    _answers: dict[Question, list[Finding] | str] = field(default_factory=dict)

    def geocode(self, address: str, city: str | None = None) -> GeocodeResult:
        """Give the place of one address, ours or the provider's."""
        return self._with_provider(address, city, self.ours.geocode(address, city))

    def geocode_batch(
        self, addresses: Sequence[str], cities: Sequence[str | None]
    ) -> list[GeocodeResult]:
        """Give the places of many addresses, in their order, equal to `geocode` of each."""
        results = self.ours.geocode_batch(addresses, cities)
        rows = zip(addresses, cities, results, strict=True)
        return [self._with_provider(*row) for row in rows]

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Give our own completions; what is being typed never leaves the house."""
        return self.ours.suggest(text, limit)

    def _with_provider(self, address: str, city: str | None, ours: GeocodeResult) -> GeocodeResult:
        if ours.confidence >= ACCEPTED or "junk" in ours.faults:
            return ours
        asked = question(address, city, self.default_city, self.known, ours.normal_form)
        if asked is None:
            self.counts.withheld += 1
            return ours
        first = asked not in self._answers
        if first:
            self._answers[asked] = self._answer(asked)
        answer = self._answers[asked]
        if isinstance(answer, str):
            return replace(ours, faults=(*ours.faults, answer))
        theirs = judged(asked, answer, self.enquiry.account.provider, ours)
        if first:
            placed = theirs.lat is not None
            self.counts.found += placed
            self.counts.not_found += not placed
        if better(theirs, ours):
            return theirs
        return ours if ours.alternatives else replace(ours, alternatives=theirs.alternatives)

    def _answer(self, asked: Question) -> list[Finding] | str:
        """Give the provider's answer, or the fault of there being none."""
        self.counts.asked += 1
        try:
            if self.asks:
                return self.enquiry.answer(asked)
            known = self.enquiry.known(asked)
        except ProviderPausedError as error:
            self.why = str(error)
            self.counts.left_over += 1
            return PROVIDER_LEFT
        except ProviderError as error:
            self.why = str(error)
            self.counts.failed += 1
            return PROVIDER_FAILED
        self.counts.left_over += known is None
        return PROVIDER_LEFT if known is None else known


@dataclass(frozen=True, slots=True)
class Asked:
    """A round of asking about the addresses in the queue, and what it placed."""

    counts: Counts
    requests: int
    placed: PlacedAgain
    why: str


def ask_about_queue(
    store: Store,
    online: GeocoderWithProvider,
    limit: int,
    progress: Callable[[int, int], None],
) -> Asked:
    """Ask about the doubtful addresses with the most complaints; the better answers place them.

    Answers are remembered as they come and places written at the end in one transaction, so that
    after a kill the same command goes on where it was. Where `online` may not ask, it is a dry run
    and nothing is written. UsageError where the provider allows no batches or no keeping.
    """
    enquiry = online.enquiry
    refuse_batch(enquiry.account)
    _refuse_keeping(enquiry.account)
    with store.reading() as connection:
        waiting = doubtful_forms(connection, limit)
        keys = [form.form_key for form in waiting]
        told = provider_answers.said(connection, keys)
    gain = _ask_each(online, waiting, told, progress)
    placed = _place(store, online, gain) if online.asks else NOTHING
    return Asked(online.counts, enquiry.requests, placed, online.why)


def _ask_each(
    online: GeocoderWithProvider,
    waiting: Sequence[DoubtfulForm],
    told: dict[int, Said],
    progress: Callable[[int, int], None],
) -> list[int]:
    """Give the fingerprints of the normal forms for which the provider knows better than stands."""
    gain = []
    for done, form in enumerate(waiting, start=1):
        said = told.get(form.form_key)
        if said is not None:
            result = online.geocode(said.address, said.city)
            if _is_providers(result) and better(result, said.placed):
                gain.append(form.form_key)
        progress(done, len(waiting))
    return gain


def _place(store: Store, online: GeocoderWithProvider, keys: Sequence[int]) -> PlacedAgain:
    account, clock = online.enquiry.account, online.enquiry.clock
    quiet = replace(online, asks=False, counts=Counts())
    with store.writing() as connection:
        placed = place_forms_again(connection, keys, lambda: quiet)
        provider_answers.note_source(connection, account.provider, keys)
        counts = {**online.counts.as_run(), "complaints": placed.complaints,
                  "customers": placed.customers}  # fmt: skip
        if online.counts.asked or placed.complaints:
            provider_answers.note_run(connection, account.provider, clock.now(), counts)
    return placed


def _is_providers(result: GeocodeResult) -> bool:
    return any(change.startswith("provider:") for change in result.changes)


def _refuse_keeping(account: Account) -> None:
    if not account.keeps:
        message = (
            f"The terms of {account.provider} forbid keeping its answers, so complaints cannot be "
            "placed by them; set HEATMAPS_PROVIDER_STORE=true if your contract allows it."
        )
        raise UsageError(message)
