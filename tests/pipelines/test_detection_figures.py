"""Figures of the comparison say what was judged, and stand where they are asked for."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy import stats

from heatmaps.errors import UsageError
from heatmaps.policy import packaged_policy
from heatmaps.simulation.trials import Wanted
from pipelines.bench_detection import Asked, Kept, bench
from pipelines.bench_detection.alarms import Judged
from pipelines.bench_detection.document import BEGIN, END, written_into
from pipelines.bench_detection.figures import AS_SHIPPED, figures, paired, rate
from pipelines.bench_detection.methods import ORACLE, OURS, PLAIN, methods
from pipelines.bench_detection.picture import draw
from pipelines.bench_detection.tables import report
from pipelines.bench_detection.taking import Taken

POLICY = packaged_policy().detection
ASKED = Asked(POLICY, 7, trials=2, null_trials=1, quick=True)
NEVER = float("nan")


def verdict(*delays, false=0, again=0, gathered=0):
    delay = np.array(delays, dtype=float)
    found = np.where(np.isnan(delay), np.nan, 1.0)
    return Judged(delay, found * 0.5, found, false, gathered, again)


def taken(seed, plain, ours, known=(1.0, 2.0), *, null=False):
    """A trial of two million-weeks, a fault of 5 in the city and one of 20 in the country."""
    thresholds = len(methods(POLICY, quick=True)[0].thresholds)
    verdicts = tuple(plain(at) for at in range(thresholds))
    judged = {OURS: (ours,)} if null else {PLAIN: verdicts, OURS: (ours,)}
    return Taken(
        seed=seed,
        million_weeks=2.0,
        ticks=1,
        cells=1,
        complaints=1,
        extra=np.array([] if null else [5, 20], dtype=np.intp),
        kind=np.array([] if null else [0, 2], dtype=np.intp),
        gatherings=1,
        judged=judged,
        seconds={PLAIN: 1.0, OURS: 2.0, ORACLE: 0.1},
        oracle_h=np.array([known] * thresholds),
    )


def looser(at):
    """Five false alarms at the lowest threshold, one less at each next; it finds less, too."""
    return verdict(3.0 if at < 4 else NEVER, 4.0, false=max(5 - at, 0))


@pytest.fixture(scope="module")
def trials():
    return [
        taken(7, looser, verdict(NEVER, 2.0, false=1)),
        taken(8, looser, verdict(6.0, 1.0, false=2, again=1, gathered=2)),
        taken(7, looser, verdict(false=3, gathered=1), null=True),
    ]


def row_of(told, name):
    return next(row for row in told.rows if row.name == name)


def test_a_rival_gets_the_threshold_that_finds_most_within_the_allowance(trials):
    plain = row_of(figures(ASKED, trials), PLAIN)
    assert (plain.threshold, plain.false, plain.found) == (6.5, 1.0, 1.0)
    strict = row_of(figures(replace(ASKED, false_alarms=0.5), trials), PLAIN)
    assert (strict.threshold, strict.false, strict.found) == (7.0, 0.5, 0.5)


def test_a_row_tells_what_was_judged(trials):
    told = figures(ASKED, trials)
    ours = row_of(told, AS_SHIPPED)
    assert ours.found == 0.75
    assert ours.false == pytest.approx(3 / 4)
    assert ours.by_size == {5: 0.5, 20: 1.0}
    assert ours.by_kind == {"city": 0.5, "country": 1.0}
    assert ours.delay_h == 2.0
    assert ours.median_h == 2.0
    assert ours.p90_h is None
    assert ours.f1 == pytest.approx(2 / 3)
    assert ours.ppv == pytest.approx(4 / (4 + 3 + 2))
    assert ours.gathered == 1.0
    assert ours.of_oracle == 0.75
    assert ours.gain.mean == pytest.approx(-0.25)
    assert row_of(told, PLAIN).gain is None
    assert row_of(told, ORACLE).false is None


def test_the_promise_is_held_against_trials_without_faults(trials):
    (promise,) = figures(ASKED, trials).promises
    assert promise.promised == pytest.approx(7 / POLICY.recurrence_days_per_million)
    assert promise.seen.mean == 1.5
    assert promise.seen.low < 1.5 < promise.seen.high
    assert promise.gathered == 0.5


def test_null_trials_alone_give_their_promise_and_nothing_else(trials):
    told = figures(ASKED, trials[2:])
    assert not told.rows
    assert len(told.promises) == 1


def test_the_gain_s_interval_is_that_of_the_paired_t_test():
    rng = np.random.default_rng(1)
    one, other = rng.random(12), rng.random(12)
    told = stats.ttest_rel(one, other).confidence_interval(0.95)
    gain = paired(one, other)
    assert (gain.low, gain.high) == pytest.approx((told.low, told.high))
    assert paired(one[:1], other[:1]).low is None


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)]
)
def test_a_rate_s_interval_is_garwood_s(count, low, high):
    told = rate(count, 2.0)
    assert (told.mean, told.low, told.high) == pytest.approx(
        (count / 2, low / 2, high / 2), abs=1e-4
    )


def test_tables_are_level_and_hold_every_method(trials):
    text = report(ASKED, trials, figures(ASKED, trials))
    blocks = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(blocks) == 4
    for block in blocks:
        assert len({len(line) for line in block.split("\n")}) == 1
    assert blocks[0].count("\n") == 1 + len([PLAIN, OURS, AS_SHIPPED, ORACLE])
    assert "never" in blocks[0]


def test_the_picture_is_drawn(trials, tmp_path):
    draw(ASKED, figures(ASKED, trials), tmp_path / "new" / "curve.png")
    assert (tmp_path / "new" / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_figures_go_between_the_marks_however_often(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    written_into(page, "heatmaps bench detection", "| a |")
    once = page.read_text(encoding="utf-8")
    written_into(page, "heatmaps bench detection", "| a |")
    assert page.read_text(encoding="utf-8") == once
    assert once.startswith("before\n")
    assert once.endswith(f"{END}\nafter\n")
    assert "old" not in once
    assert "| a |" in once


@pytest.mark.parametrize("text", ["", f"{END} {BEGIN}", BEGIN])
def test_a_page_without_room_is_left_as_it_is(tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="lacks the lines"):
        bench(ASKED, Kept(page=page), print)
    assert page.read_text(encoding="utf-8") == text


def test_nothing_asked_is_wrong_use():
    with pytest.raises(UsageError, match="No trial"):
        bench(replace(ASKED, trials=0, null_trials=0), Kept(), print)


def test_small_trials_go_from_seeds_to_tables(tmp_path):
    wanted = Wanted(subscribers=50_000, faults=4, history_days=7, days=1)
    few = {"resolutions": (9,), "max_ring": 1, "windows_h": (1, 3, 6)}  # calibrated in no time
    asked = replace(ASKED, policy=POLICY.model_copy(update=few), trials=1, wanted=wanted)
    said: list[str] = []
    told = bench(asked, Kept(tmp_path / "curve.png"), said.append)
    assert [line.split(":")[0] for line in said] == ["trial 7", "trial 7"]
    assert [row.name for row in told.figures.rows] == [PLAIN, OURS, AS_SHIPPED, ORACLE]
    assert "--seed 7" in told.command
    assert (tmp_path / "curve.png").exists()
    kept = json.loads(json.dumps(told.figures, default=asdict))
    assert [row["name"] for row in kept["rows"]] == [row.name for row in told.figures.rows]
