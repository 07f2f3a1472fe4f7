"""Whatever a provider does, an address is found, honestly not found, or not known yet."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from provider_server import (
    KEEPS_WAITING,
    SHORT_S,
    FakeTime,
    ProviderServer,
    Reply,
    answers,
    closes_at_once,
    closes_midway,
    drips,
    drips_head,
    hangs,
    raw,
    redirects,
    running,
    status,
)

from heatmaps.errors import ProviderError, ProviderPausedError
from heatmaps.geocoding.online.account import Account
from heatmaps.geocoding.online.enquiry import REFUSED_S, TRIES, Enquiry
from heatmaps.geocoding.online.finding import Finding
from heatmaps.geocoding.online.pace import COOL_DOWN_S, FAILURES_TO_OPEN, TokenBucket
from heatmaps.geocoding.online.provider import connect
from heatmaps.geocoding.online.question import KnownNames, Question, question
from heatmaps.geocoding.online.transport import LARGEST_ANSWER

HOUSE = {
    "lat": "55.9", "lon": "37.4", "class": "building", "type": "yes", "place_rank": 30,
    "display_name": "5, улица Мира, Химки",
    "address": {"house_number": "5", "road": "улица Мира", "city": "Химки"},
}  # fmt: skip


@dataclass(slots=True)
class Memory:
    known: dict[str, list[Finding]] = field(default_factory=dict)

    def recall(self, asked: str) -> list[Finding] | None:
        return self.known.get(asked)

    def keep(self, asked: str, findings: list[Finding]) -> None:
        self.known[asked] = list(findings)


@dataclass(slots=True)
class Budget:
    left: int = 1_000

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


def asked(house: int = 5) -> Question:
    made = question(f"Химки, улица Мира, {house}", None, None, KnownNames(frozenset({"химки"})))
    assert made is not None
    return made


def enquiry(url: str, passing: FakeTime, budget: int = 1_000, **account: object) -> Enquiry:
    account = {"per_second": 1_000.0, "user_agent": "test"} | account
    told = Account("nominatim", url, **account)
    return Enquiry(told, connect(told), Memory(), Budget(budget), passing.clock())


def timeout(reply: Reply) -> float:
    return SHORT_S if reply in KEEPS_WAITING else 10.0


MISBEHAVIOUR: dict[str, tuple[Reply, str, bool]] = {
    "429": (status(429), "429", True),
    "429 with Retry-After": (status(429, Retry_After="7"), "429", True),
    "500": (status(500), "status 500", True),
    "502": (status(502), "status 502", True),
    "503": (status(503), "status 503", True),
    "503 with Retry-After": (status(503, Retry_After="3"), "status 503", True),
    "hangs": (hangs, "within 0.4 s", True),
    "slow drip": (drips, "within 0.4 s", True),
    "slow drip of the head": (drips_head, "within 0.4 s", True),
    "closes mid-answer": (closes_midway, "middle of the answer", True),
    "closes at once": (closes_at_once, "no connection", True),
    "invalid JSON": (raw(b"[{"), "no JSON", False),
    "nothing at all": (raw(b""), "no JSON", False),
    "HTML with 200": (raw(b"<html>Log in</html>", Content_Type="text/html"), "no JSON", False),
    "deep JSON": (raw(b"[" * 200_000), "no JSON", False),
    "an empty object": (answers({}), "another shape", False),
    "null": (answers(None), "another shape", False),
    "an error in an object": (answers({"error": "no"}), "another shape", False),
    "huge body": (raw(b"[" + b" " * LARGEST_ANSWER + b"]"), "longer than", False),
    "wrong charset": (raw("[«]".encode("cp1251")), "no JSON", False),
    "packed unasked": (raw(b"\x1f\x8b[]", Content_Encoding="gzip"), "packed as", False),
    "a place without a point": (answers([{"display_name": "x"}]), "lacks", False),
    "a place not on earth": (answers([{**HOUSE, "lat": "137.4"}]), "lacks", False),
    "a place that is NaN": (answers([{**HOUSE, "lat": "nan"}]), "lacks", False),
    "a list of text": (answers(["x"]), "lacks", False),
    "404": (status(404), "status 404", False),
    "400": (status(400), "status 400", False),
}


@pytest.mark.parametrize(("reply", "reason", "again"), MISBEHAVIOUR.values(), ids=MISBEHAVIOUR)
def test_a_failure_is_no_answer(
    server: ProviderServer, passing: FakeTime, reply: Reply, reason: str, again
) -> None:
    server.usual = reply
    session = enquiry(server.url, passing, timeout_s=timeout(reply))
    with pytest.raises(ProviderError, match="try again later") as raised:
        session.answer(asked())
    assert not isinstance(raised.value, ProviderPausedError)
    assert reason in str(raised.value)
    tries = TRIES if again else 1
    assert server.heard(tries) == tries
    assert not session.memory.known
    assert len([wait for wait in passing.slept if wait > 0.1]) == tries - 1


@pytest.mark.parametrize(
    "reply", [status(429), status(503), hangs, closes_midway, closes_at_once],
    ids=["429", "503", "hangs", "closes mid-answer", "closes at once"],
)  # fmt: skip
def test_what_passes_is_tried_again(
    server: ProviderServer, passing: FakeTime, reply: Reply
) -> None:
    server.will(reply, answers([HOUSE]))
    session = enquiry(server.url, passing, timeout_s=1.5 if reply is hangs else 10.0)
    [found] = session.answer(asked())
    assert (found.street, found.house, found.lat) == ("улица Мира", "5", 55.9)
    assert session.requests == len(server.received) == 2


def test_no_wait_is_longer_than_the_time_out(server: ProviderServer, passing: FakeTime) -> None:
    server.usual = drips
    started = time.monotonic()
    with pytest.raises(ProviderError):
        enquiry(server.url, passing, timeout_s=0.1).answer(asked())
    assert time.monotonic() - started < 5  # a third of what the drips of all tries take


def test_a_dead_host_is_a_failure(passing: FakeTime) -> None:
    with running() as gone:
        pass
    with pytest.raises(ProviderError, match="connection refused"):
        enquiry(gone.url, passing).answer(asked())


def test_nobody_is_followed_to_another_host(server: ProviderServer, passing: FakeTime) -> None:
    with running() as elsewhere:
        elsewhere.usual = answers([HOUSE])
        server.usual = redirects(f"{elsewhere.url}/search?q=x")
        with pytest.raises(ProviderError, match="redirect"):
            enquiry(server.url, passing).answer(asked())
        assert not elsewhere.received
    assert len(server.received) == 1


def test_an_honest_empty_answer_is_remembered(server: ProviderServer, passing: FakeTime) -> None:
    server.usual = answers([])
    session = enquiry(server.url, passing)
    assert session.answer(asked()) == session.answer(asked()) == []
    assert len(server.received) == 1


def test_retry_after_is_honoured_in_seconds_and_as_a_date(
    server: ProviderServer, passing: FakeTime
) -> None:
    server.will(
        status(429, Retry_After="7"), status(429, Retry_After="Sun, 01 Mar 2020 00:00:00 GMT")
    )
    server.usual = answers([HOUSE])
    enquiry(server.url, passing).answer(asked())
    first, second = passing.slept[0], passing.slept[-1]
    assert first == 7
    assert 1 <= second <= 2  # the date is past: our own pause, the second of them


def test_a_long_retry_after_pauses_the_provider(server: ProviderServer, passing: FakeTime) -> None:
    server.will(status(429, Retry_After="600"))
    server.usual = answers([HOUSE])
    session = enquiry(server.url, passing)
    with pytest.raises(ProviderError):
        session.answer(asked())
    with pytest.raises(ProviderPausedError):
        session.answer(asked(7))
    assert len(server.received) == 1
    passing.sleep(601)
    assert session.answer(asked(7))


def test_pauses_double_and_differ_by_chance(server: ProviderServer, passing: FakeTime) -> None:
    server.usual = status(500)
    session = enquiry(server.url, passing)
    with pytest.raises(ProviderError):
        session.answer(asked())
    first, second = (wait for wait in passing.slept if wait > 0.1)
    assert 0.5 <= first <= 1 <= second <= 2
    assert second != 2 * first


def test_the_breaker_opens_and_tries_once_more(server: ProviderServer, passing: FakeTime) -> None:
    server.usual = raw(b"<html>")
    session = enquiry(server.url, passing)
    for number in range(FAILURES_TO_OPEN):
        with pytest.raises(ProviderError):
            session.answer(asked(number + 1))
    with pytest.raises(ProviderPausedError, match="left alone"):
        session.answer(asked(99))
    assert len(server.received) == FAILURES_TO_OPEN
    passing.sleep(COOL_DOWN_S)
    with pytest.raises(ProviderError, match="no JSON"):  # half open: one request, which fails
        session.answer(asked(99))
    with pytest.raises(ProviderPausedError):
        session.answer(asked(99))
    assert len(server.received) == FAILURES_TO_OPEN + 1
    passing.sleep(COOL_DOWN_S)
    server.usual = answers([HOUSE])
    assert session.answer(asked(98))
    server.will(raw(b"<html>"))
    with pytest.raises(ProviderError):  # closed again: one failure is no reason to stop
        session.answer(asked(97))
    assert session.answer(asked(96))


def test_what_is_known_is_answered_while_the_breaker_is_open(
    server: ProviderServer, passing: FakeTime
) -> None:
    server.will(answers([HOUSE]))
    server.usual = status(403)
    session = enquiry(server.url, passing)
    session.answer(asked())
    with pytest.raises(ProviderError, match="the key"):
        session.answer(asked(7))
    with pytest.raises(ProviderPausedError):
        session.answer(asked(9))
    assert session.answer(asked())
    assert len(server.received) == 2
    passing.sleep(REFUSED_S)
    with pytest.raises(ProviderError, match="403"):
        session.answer(asked(9))


def test_the_budget_counts_every_request(server: ProviderServer, passing: FakeTime) -> None:
    server.usual = answers([HOUSE])
    server.will(status(500))
    session = enquiry(server.url, passing, budget=3)
    session.answer(asked(1))
    session.answer(asked(2))
    session.answer(asked(2))  # known: no request
    with pytest.raises(ProviderPausedError, match="HEATMAPS_PROVIDER_PER_DAY"):
        session.answer(asked(3))
    assert len(server.received) == session.requests == 3


def test_a_budget_that_ends_between_tries_is_a_failure(
    server: ProviderServer, passing: FakeTime
) -> None:
    server.usual = status(500)
    with pytest.raises(ProviderError, match="spent") as raised:
        enquiry(server.url, passing, budget=1).answer(asked())
    assert not isinstance(raised.value, ProviderPausedError)


def test_requests_keep_their_pace(server: ProviderServer, passing: FakeTime) -> None:
    server.usual = answers([HOUSE])
    session = enquiry(server.url, passing, per_second=2.0)
    for number in range(5):
        session.answer(asked(number + 1))
    assert passing.slept == [0.5] * 4
    session.answer(asked(1))  # known: does not wait
    assert len(passing.slept) == 4


def test_idle_time_saves_up_one_request_and_no_more(passing: FakeTime) -> None:
    bucket = TokenBucket(2.0, passing.clock())
    bucket.wait()
    passing.sleep(100)
    bucket.wait()
    bucket.wait()
    assert passing.slept == [100, 0.5]
