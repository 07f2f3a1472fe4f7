#!/usr/bin/env python3
"""Tell what the spots of Boston's street-light outages are: the figures and map of docs/boston.md.

Usage: python data/boston/report.py [FILE] [--until DATE] [--write]

FILE is the city's file of requests, in CSV, plain or gzip; without it the packaged sample, which
holds the same outages. ``--write`` puts figures and map into docs; without it they are printed.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from sqlalchemy import select

from heatmaps.geocoding.gazetteer import distance_m, empty_gazetteer
from heatmaps.geocoding.index import build_index
from heatmaps.policy import PACKAGED_POLICY, packaged_policy
from heatmaps.settings import load_settings
from heatmaps.store.data_quality import load_quality
from heatmaps.store.policies import save_policy
from heatmaps.store.tables import StoredComplaint
from pipelines.find_spots import hours_between, replay
from pipelines.import_complaints import Circumstances, import_file
from pipelines.load_region import load_subscribers_file, load_territories_file
from pipelines.set_up import set_up_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.desk.case import SpotCase
    from heatmaps.insight.data_quality import DataQuality

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
SAMPLE = HERE / "street_lights_2011_q3.csv.gz"
BOSTON = ZoneInfo("America/New_York")
SINCE = datetime(2011, 7, 1, tzinfo=BOSTON)
UNTIL = datetime(2011, 10, 1, tzinfo=BOSTON)
OUTAGE = "Street Light Outages"

COMPACT_M = 2_000.0
"""A spot no wider than this may be one circuit; a wider one is more than one thing."""
TOGETHER_H = 2.0
"""Closed within this of each other looks like one visit."""
PAIRS_DRAWN = 500_000
HOUR = timedelta(hours=1)
SAME_ENTRY = packaged_policy().quality.duplicate_within_h * HOUR

NO_RULES = {"default_point_streets": 1000, "duplicate_within_h": 0}


class Watched(NamedTuple):
    """Spots of a replay, the outages by complaint id, and the data quality of the period."""

    cases: list[SpotCase]
    outages: pd.DataFrame
    quality: DataQuality


def watch(file: Path, until: datetime, changed: dict[str, int]) -> Watched:
    """Take the outages in under the packaged policy with some keys changed, and replay them."""
    policy = PACKAGED_POLICY.read_text(encoding="utf-8")
    for key, value in changed.items():
        policy = re.sub(rf"(?m)^{key} = \d+", f"{key} = {value}", policy)
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        store = set_up_store(f"sqlite:///{folder}/boston.db", now)
        load_subscribers_file(store, HERE / "population_h3r8.csv.gz", "boston_population")
        load_territories_file(store, HERE / "region.geojson")
        with store.writing() as connection:
            save_policy(connection, policy, "report", now)
        nobody = build_index(empty_gazetteer())
        given = Circumstances(now, BOSTON, lambda: nobody, "boston311")
        import_file(store, file, given, _quietly)
        hours, kept = hours_between(SINCE, until), load_settings().cache_dir
        cases = replay(store, hours, BOSTON, _quietly, cache_dir=kept)
        with store.reading() as connection:
            quality = load_quality(connection, SINCE, until, SAME_ENTRY)
            ids = connection.execute(select(StoredComplaint.id, StoredComplaint.external_id)).all()
        store.close()
    return Watched(cases, read_outages(file, dict(map(tuple, ids)), until), quality)


def read_outages(file: Path, ids: dict[int, str], until: datetime) -> pd.DataFrame:
    """Give the outages of the file by complaint id; times in hours since `SINCE`."""
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    rows = rows[rows["type"] == OUTAGE].set_index("case_enquiry_id")
    table = rows.loc[list(ids.values())].set_axis(list(ids))
    for column in ("open_dt", "closed_dt"):
        times = pd.to_datetime(table[column]).dt.tz_localize(BOSTON, ambiguous=True)
        table[column] = (times - SINCE) / HOUR
    table["address"] = table["location"].str.split().str.join(" ").str.casefold()
    table[["latitude", "longitude"]] = table[["latitude", "longitude"]].astype(float)
    return table[table["open_dt"] < (until - SINCE) / HOUR]


def spots_table(seen: Watched, point: DataQuality | None = None) -> pd.DataFrame:
    """Give a row for each spot: what it is made of, how wide it is, when what happened (hours)."""
    known = {(p.lat, p.lon) for p in (point or seen.quality).default_points}
    rows = []
    for case in seen.cases:
        own = seen.outages.loc[list(case.detected.complaint_ids)]
        at = list(zip(own["latitude"], own["longitude"], strict=True))
        closed = own["closed_dt"].dropna().to_numpy()
        pairs = np.abs(np.subtract.outer(closed, closed))[np.triu_indices(len(closed), 1)]
        opened = (case.detected.opened_at - SINCE) / HOUR
        quiet = case.detected.quiet_since
        rows.append({
            "spot": case.detected.spot_id, "entries": len(own),
            "addresses": own["address"].nunique(),
            "on_default_point": sum(each in known for each in at), "extent_m": extent_m(own),
            "employees": float((own["source"] == "Employee Generated").mean()),
            "first_h": own["open_dt"].min(), "opened_h": opened,
            "closed_h": float(np.median(closed)) if len(closed) else np.nan,
            "quiet_h": (quiet - SINCE) / HOUR if quiet else np.nan,
            "pairs": len(pairs), "together": int((pairs <= TOGETHER_H).sum()),
        })  # fmt: skip
    return pd.DataFrame(rows).set_index("spot")


def extent_m(own: pd.DataFrame) -> float:
    """Give the greatest distance between two of the outages, metres."""
    places = own[["latitude", "longitude"]].drop_duplicates().to_numpy()
    pairs = np.array(list(combinations(places, 2))).reshape(-1, 4).T
    return float(distance_m(*pairs).max(initial=0.0))


def together_elsewhere(outages: pd.DataFrame) -> float:
    """Give how many of 100 pairs opened within a day of each other closed together, anywhere."""
    draw = np.random.default_rng(2011)
    known = outages.dropna(subset=["closed_dt"])
    one, other = draw.integers(0, len(known), (2, PAIRS_DRAWN))
    opened, closed = known["open_dt"].to_numpy(), known["closed_dt"].to_numpy()
    near = (one != other) & (np.abs(opened[one] - opened[other]) <= 24)  # noqa: PLR2004, hours
    return percent((np.abs(closed[one] - closed[other])[near] <= TOGETHER_H).mean())


def figures(before: Watched, after: Watched, whole: pd.DataFrame) -> dict[str, Any]:
    """Give every figure of the document."""
    spots, outages, quality = spots_table(after), after.outages, after.quality
    compact = spots[spots["extent_m"] <= COMPACT_M]
    own = compact[["pairs", "together"]].sum()
    point = quality.default_points[0] if quality.default_points else None
    on_it = (whole["latitude"] == point.lat) & (whole["longitude"] == point.lon) if point else []
    return {
        "rows of the file": len(whole),
        "outages": len(outages),
        "outages with a closing time": int(outages["closed_dt"].notna().sum()),
        "default point": [point.lat, point.lon] if point else None,
        "rows of the file on it": int(np.sum(on_it)),
        "outages on it": point.complaints if point else 0,
        "complaints entered again": quality.repeats.groups,
        "their further entries": quality.repeats.repeats,
        "before": made_of(spots_table(before, quality)),
        "after": made_of(spots),
        "outages in spots": len({i for c in after.cases for i in c.detected.complaint_ids}),
        "compact spots": len(compact),
        "addresses of a spot": quartiles(spots["addresses"]),
        "extent of a spot, m": quartiles(spots["extent_m"]),
        "addresses of a compact spot": quartiles(compact["addresses"]),
        "compact spots of 3 or more addresses": int((compact["addresses"] >= 3).sum()),  # noqa: PLR2004
        "spots more than half entered by staff": int((spots["employees"] > 1 / 2).sum()),
        "largest spot: outages": int(spots["entries"].max()),
        "largest spot: extent, m": round(float(spots["extent_m"][spots["entries"].idxmax()])),
        "pairs closed together within compact spots, %": percent(own["together"] / own["pairs"]),
        "pairs closed together that opened within a day, anywhere, %": together_elsewhere(outages),
        "first complaint to opening, h": quartiles(spots["opened_h"] - spots["first_h"]),
        "the same of compact spots, h": quartiles(compact["opened_h"] - compact["first_h"]),
        "opening to quiet signal, h": quartiles(spots["quiet_h"] - spots["opened_h"]),
        "opening to median closing, h": quartiles(spots["closed_h"] - spots["opened_h"]),
        "quiet signal to median closing, h": quartiles(spots["closed_h"] - spots["quiet_h"]),
        "spots closed before they opened": int((spots["closed_h"] < spots["opened_h"]).sum()),
    }  # fmt: skip


def made_of(spots: pd.DataFrame) -> dict[str, int]:
    """Give how many spots there are, and how many of them only look like one."""
    on_it = spots["on_default_point"]
    return {
        "spots": len(spots),
        "touching the default point": int((on_it > 0).sum()),
        "mostly on the default point": int((2 * on_it > spots["entries"]).sum()),
        "of one address": int((spots["addresses"] == 1).sum()),
        "of two addresses": int((spots["addresses"] == 2).sum()),  # noqa: PLR2004
    }  # fmt: skip


def best_story(seen: Watched) -> SpotCase:
    """Give the compact spot whose addresses closed together most often."""
    spots = spots_table(seen)
    compact = spots[(spots["extent_m"] <= COMPACT_M) & (spots["pairs"] > 0)]
    if compact.empty:
        message = f"No spot is at most {COMPACT_M} m wide; report on more days than these."
        raise SystemExit(message)
    best = (compact["together"] / compact["pairs"] * np.sqrt(compact["addresses"])).idxmax()
    return next(case for case in seen.cases if case.detected.spot_id == best)


def story(seen: Watched) -> list[str]:
    """Tell the outages of the best spot as lines of a Markdown table, places as streets."""
    case = best_story(seen)
    own = seen.outages.loc[list(case.detected.complaint_ids)].sort_values(["open_dt", "address"])
    found = f"{case.detected.observed} in {case.detected.window_h} h"
    found += f", {case.detected.expected:.3f} expected"
    lines = [
        f"Opened {case.detected.opened_at:%Y-%m-%d %H:%M}: {found}.",
        "", "| reported | street | closed |", "| --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        f"| {_when(row.open_dt)} | {_street(row)} | {_when(row.closed_dt)} |"
        for row in own.itertuples()
    ]
    return lines


def draw(seen: Watched, path: Path) -> None:
    """Draw spots and outages over the city's outline, and the best spot close by."""
    mpl.use("Agg")
    outline = gpd.read_file(HERE / "region.geojson")
    spots, outages, best = spots_table(seen), seen.outages, best_story(seen)
    figure, (city, near) = plt.subplots(1, 2, figsize=(13, 7.6), width_ratios=(6, 5))
    outline.plot(ax=city, color="#eef1f5", edgecolor="#9aa5b4", linewidth=0.8)
    city.scatter(outages["longitude"], outages["latitude"], s=3, color="#8793a5", label="outages")
    wide = spots["extent_m"] > COMPACT_M
    for held, colour, said in (
        (wide, "#e0a458", "wider spots"),
        (~wide, "#b3261e", "compact spots"),
    ):
        at = [case for case in seen.cases if held[case.detected.spot_id]]
        size = 25 + 12 * spots.loc[[c.detected.spot_id for c in at], "addresses"].clip(upper=40)
        city.scatter([c.lon for c in at], [c.lat for c in at], s=size, facecolors="none",
                     edgecolors=colour, linewidths=1.4, label=f"{said}, {len(at)}")  # fmt: skip
    for point in seen.quality.default_points:
        city.scatter(point.lon, point.lat, marker="x", s=90, color="black", linewidths=2,
                     label=f"default point, {point.complaints} outages")  # fmt: skip
    city.set_xlim(outages["longitude"].min() - 0.02, outages["longitude"].max() + 0.03)
    city.set_ylim(outages["latitude"].min() - 0.02, outages["latitude"].max() + 0.02)
    city.legend(loc="lower right", fontsize=8)
    city.set_title("Spots and outages, July to September 2011", fontsize=11)
    _draw_near(near, outages, best)
    for axes in (city, near):
        axes.set_aspect(1 / np.cos(np.radians(42.3)))
        axes.tick_params(labelsize=7)
        axes.set_xlabel("")
        axes.set_ylabel("")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_near(near: mpl.axes.Axes, outages: pd.DataFrame, best: SpotCase) -> None:
    own = outages.loc[list(best.detected.complaint_ids)].sort_values("closed_dt")
    visits = (own["closed_dt"].diff() > TOGETHER_H).cumsum()
    colours = mpl.colormaps["viridis"](np.linspace(0, 0.9, int(visits.max()) + 1))
    for visit, held in own.groupby(visits):
        near.scatter(held["longitude"], held["latitude"], s=70, color=colours[visit],
                     label=f"{len(held)} closed {_when(held['closed_dt'].iloc[0])}")  # fmt: skip
    for row in own.drop_duplicates("location_street_name").itertuples():
        near.annotate(_street(row), (row.longitude, row.latitude), fontsize=7,
                      xytext=(5, 4), textcoords="offset points")  # fmt: skip
    near.legend(fontsize=8)
    near.margins(x=0.35, y=0.15)
    near.locator_params(nbins=5)
    near.set_title(f"One spot, opened {best.detected.opened_at:%d %B %H:%M}", fontsize=11)


def quartiles(values: pd.Series) -> list[float]:
    """Give the lower quartile, the median and the upper quartile."""
    return [round(float(each), 1) for each in values.dropna().quantile([0.25, 0.5, 0.75])]


def percent(share: float) -> float:
    """Give a share in percent, to a tenth."""
    return round(100 * float(share), 1)


def as_lines(found: dict[str, Any]) -> list[str]:
    """Give the figures as a Markdown table."""
    rows = ["| figure | value |", "| --- | --- |"]
    for name, value in found.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for part, each in parts:
            shown = " / ".join(map(str, each)) if isinstance(each, list) else each
            rows.append(f"| {name}{': ' if part else ''}{part} | {shown} |")
    return rows


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Make the report; gives its figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument(
        "--until",
        type=lambda text: datetime.fromisoformat(text).replace(tzinfo=BOSTON),
        default=UNTIL,
    )
    parser.add_argument("--write", action="store_true", help="put figures and map into docs")
    given = parser.parse_args(arguments)
    whole = pd.read_csv(given.file, usecols=["latitude", "longitude"])
    before = watch(given.file, given.until, NO_RULES)
    after = watch(given.file, given.until, {})
    found = figures(before, after, whole)
    if given.write:
        _write("figures", as_lines(found))
        _write("story", story(after))
        draw(after, DOCS / "images" / "boston_spots.png")
    else:
        print(json.dumps(found, indent=1))  # noqa: T201, this is what the script is for
        print("\n".join(story(after)))  # noqa: T201
    return found


def _write(block: str, lines: list[str]) -> None:
    """Put lines between a block's two marks in the document."""
    path = DOCS / "boston.md"
    marks = f"<!-- {block} -->", f"<!-- end of {block} -->"
    body = "\n".join([marks[0], *lines, marks[1]])
    text = path.read_text(encoding="utf-8")
    text = re.sub(f"(?s){marks[0]}.*{marks[1]}", body.replace("\\", r"\\"), text)
    path.write_text(text, encoding="utf-8")


def _street(row: Any) -> str:  # noqa: ANN401, a row of the outages
    """Give an outage's street without its house."""
    return re.sub(r"^(INTERSECTION|\d[\d-]*\w?) ", "", str(row.location_street_name))


def _when(hours: float) -> str:
    if np.isnan(hours):
        return "open"
    return f"{(SINCE + hours * HOUR).astimezone(BOSTON):%m-%d %H:%M}"


def _quietly(_done: int, _total: int) -> None:
    pass


if __name__ == "__main__":
    main()
