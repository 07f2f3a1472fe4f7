"""An OpenStreetMap file read in passes, so that memory holds no more than its settlements.

A way knows its nodes by number only. A first pass notes which nodes the wanted ways and areas need
(a bit for each number), a second one writes the positions of these into a temporary file, and the
passes over ways and areas look them up there. The file has no name, so it goes with the process.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import osmium

from heatmaps.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

_AREAS = ("place", "boundary", "addr:housenumber")
_WAYS = ("addr:housenumber", "highway")


class OsmFile:
    """One file and the positions of the nodes wanted of it; every pass raises FileError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wanted = osmium.IdTracker()
        self._at: Any = None

    def survey(self) -> Iterator[Any]:
        """Give every addressed object, named road, place and boundary; no way has positions yet.

        What is given is wanted: it has positions in the passes that follow.
        """
        passed: Any = (
            osmium.FileProcessor(str(self._path))
            .with_filter(osmium.filter.KeyFilter(*_WAYS, "place", "boundary"))
            .with_filter(osmium.filter.KeyFilter("name", "addr:housenumber"))
        )
        with self._told():
            for thing in passed:
                if thing.is_relation():
                    self._wanted.add_relation(thing.id)
                    self._wanted.add_references(thing)
                elif thing.is_way():
                    self._wanted.add_references(thing)
                    if thing.is_closed() and ("place" in thing.tags or "boundary" in thing.tags):
                        self._wanted.add_way(thing.id)
                yield thing
            self._want_members()
        self._locate()

    def areas(self) -> Iterator[Any]:
        """Give places, boundaries and addressed relations as areas."""
        manager = osmium.area.AreaManager()
        known, first = osmium.filter.KeyFilter(*_AREAS), manager.first_pass_handler()
        with self._told(), self._reader(osmium.osm.RELATION) as reader:
            osmium.apply(reader, known, first)
        found: Any = osmium.BufferIterator(osmium.filter.KeyFilter(*_AREAS))
        second = manager.second_pass_to_buffer(found)
        wanted, places = self._wanted.id_filter(), self._places()
        with self._told(), self._reader(osmium.osm.WAY | osmium.osm.RELATION) as reader:
            for _ in osmium.OsmFileIterator(reader, wanted, places, second):
                if found:
                    yield from found
            if found:
                yield from found

    def ways(self) -> Iterator[Any]:
        """Give addressed ways and highways, with the positions of their nodes."""
        wanted, places = osmium.filter.KeyFilter(*_WAYS), self._places()
        with self._told(), self._reader(osmium.osm.WAY) as reader:
            yield from osmium.OsmFileIterator(reader, wanted, places)

    def nodes(self) -> Iterator[Any]:
        """Give addressed nodes."""
        wanted = osmium.filter.KeyFilter("addr:housenumber")
        with self._told(), self._reader(osmium.osm.NODE) as reader:
            yield from osmium.OsmFileIterator(reader, wanted)

    def _want_members(self) -> None:
        """Want the nodes of the ways that wanted relations consist of."""
        known = self._wanted.id_filter()
        with self._reader(osmium.osm.WAY) as reader:
            for way in osmium.OsmFileIterator(reader, known):
                self._wanted.add_references(way)

    def _locate(self) -> None:
        """Write the positions of the wanted nodes into a temporary file."""
        handle, name = tempfile.mkstemp(prefix="heatmaps-nodes-")
        os.close(handle)
        try:
            self._at = osmium.index.create_map(f"sparse_file_array,{name}")
        finally:
            Path(name).unlink()
        known, places = self._wanted.id_filter(), self._places()
        with self._told(), self._reader(osmium.osm.NODE) as reader:
            osmium.apply(reader, known, places)

    def _places(self) -> Any:  # noqa: ANN401, pyosmium has no types
        places = osmium.NodeLocationsForWays(self._at)
        places.ignore_errors()
        return places

    @contextmanager
    def _reader(self, entities: Any) -> Iterator[Any]:  # noqa: ANN401, pyosmium has no types
        with closing(osmium.io.Reader(str(self._path), entities)) as reader:
            yield reader

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            message = f"{self._path} cannot be read as OSM data ({error}); fetch it again."
            raise FileError(message) from error
