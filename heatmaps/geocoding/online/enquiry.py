"""Asking one provider with patience: what is known is not asked, what fails is not "not found"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from heatmaps.errors import ProviderError, ProviderPausedError
from heatmaps.geocoding.online.failure import EXPECTED, Failure, failure_of
from heatmaps.geocoding.online.pace import CircuitBreaker, Clock, TokenBucket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.online.finding import Finding
    from heatmaps.geocoding.online.provider import Ask
    from heatmaps.geocoding.online.question import Question

TRIES = 3
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
"""A provider that asks for a longer pause gets it by not being asked at all."""
REFUSED_S = 3_600.0


class Memory(Protocol):
    """Answers already given."""

    def recall(self, asked: str) -> list[Finding] | None:
        """Give the answer to a fingerprint, empty where nothing was found; None where unknown."""
        ...

    def keep(self, asked: str, findings: Sequence[Finding]) -> None:
        """Remember an answer, an empty one too."""
        ...


class Budget(Protocol):
    """The requests a day may take."""

    def take(self) -> bool:
        """Take one request off the day's, or say that none is left."""
        ...


@dataclass(slots=True)
class Enquiry:
    """A session of asking one provider, within its pace and the day's budget; for one thread.

    `requests` counts what went out.
    """

    account: Account
    ask: Ask
    memory: Memory
    budget: Budget
    clock: Clock = field(default_factory=Clock)
    requests: int = 0
    _bucket: TokenBucket = field(init=False)
    _breaker: CircuitBreaker = field(init=False)

    def __post_init__(self) -> None:
        """Set pace and breaker by the account."""
        self._bucket = TokenBucket(self.account.per_second, self.clock)
        self._breaker = CircuitBreaker(self.clock)

    def answer(self, question: Question) -> list[Finding]:
        """Give the places that answer a question, none where the provider knows none.

        Raises ProviderPausedError where it may not be asked, and ProviderError where it was asked
        and did not answer: the place is unknown yet. Neither is remembered.
        """
        known = self.known(question)
        if known is not None:
            return known
        self._check_breaker()
        findings = self._patiently(question.text)
        self.memory.keep(self._fingerprint(question), findings)
        return findings

    def known(self, question: Question) -> list[Finding] | None:
        """Give the answer that is remembered, None where there is none; nothing is asked."""
        return self.memory.recall(self._fingerprint(question))

    def _fingerprint(self, question: Question) -> str:
        return question.fingerprint(f"{self.account.provider} {self.account.url}")

    def _patiently(self, text: str) -> list[Finding]:
        for number in range(1, TRIES + 1):
            self._take_budget(tried=number > 1)
            self._bucket.wait()
            self.requests += 1
            try:
                findings = self.ask(text)
            except EXPECTED as error:
                failure = failure_of(error)
            else:
                self._breaker.succeeded()
                return findings
            self._note(failure)
            if not failure.passing or number == TRIES or self._breaker.is_open:
                break
            self.clock.sleep(self._wait_s(number, failure))
        message = f"{self.account.provider} did not answer: {failure.reason}; try again later."
        raise ProviderError(message)

    def _note(self, failure: Failure) -> None:
        self._breaker.failed()
        if failure.refusal:
            self._breaker.open(REFUSED_S)
        elif failure.retry_after_s is not None and failure.retry_after_s > LONGEST_WAIT_S:
            self._breaker.open(failure.retry_after_s)

    def _wait_s(self, number: int, failure: Failure) -> float:
        """Give the pause after a try: twice the last, half of it by chance, or what was asked for.

        Chance keeps many clients of one failing server from coming back all at once.
        """
        backoff = FIRST_WAIT_S * 2.0 ** (number - 1)
        backoff *= 0.5 + self.clock.chance.random() / 2
        return float(min(max(backoff, failure.retry_after_s or 0.0), LONGEST_WAIT_S))

    def _check_breaker(self) -> None:
        if self._breaker.is_open:
            message = (
                f"{self.account.provider} failed or refused again and again and is left alone for "
                "a while; check HEATMAPS_PROVIDER_URL and HEATMAPS_PROVIDER_KEY, or try later."
            )
            raise ProviderPausedError(message)

    def _take_budget(self, *, tried: bool) -> None:
        if self.budget.take():
            return
        message = (
            f"The {self.account.per_day:,} requests that {self.account.provider} may get today are "
            "spent; go on tomorrow or raise HEATMAPS_PROVIDER_PER_DAY."
        )
        raise ProviderError(message) if tried else ProviderPausedError(message)
