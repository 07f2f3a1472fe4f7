#!/usr/bin/env python3
"""Build the samples beside this file from the originals named in README.md.

Usage: python data/build.py FOLDER_OF_ORIGINALS
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import h3
import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
CITY = "Санкт-Петербург"
ZONE = "Europe/Moscow"
BORDER_TOLERANCE_M = 20.0
BORDER_CRS = "EPSG:32636"
COORDINATE_DIGITS = 5
OTHER_REQUESTS = 2000
PUBLIC_REALM = (
    "Public Works Department",
    "Transportation - Traffic Division",
    "Parks & Recreation Department",
)
OSM_EXTRACTS = ("spb_admiralty", "spb_petrogradka_2019", "moscow_north_2013")
# Who edited and when, and how to reach a shop's owner, is nothing an address needs.
OSM_EDITOR = re.compile(
    r'(<(?:node|way|relation) id="-?\d+")'
    r'(?: (?:visible|version|changeset|timestamp|user|uid)="[^"]*")+'
)
OSM_CONTACT = re.compile(
    r' *<tag k="(?:contact:|phone|email|fax|note|fixme|source|website|url)[^>]*/>\n'
)

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя №"
LATIN = "a,b,v,g,d,e,e,zh,z,i,y,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,,y,,e,yu,ya,-,n"
TO_LATIN = dict(zip(CYRILLIC, LATIN.split(","), strict=True))


def build(originals: Path) -> None:
    """Write every sample; the same originals give the same bytes."""
    (HERE / "spb").mkdir(exist_ok=True)
    (HERE / "boston").mkdir(exist_ok=True)
    (HERE / "osm").mkdir(exist_ok=True)
    build_gazetteer(originals)
    build_people(originals)
    build_districts(originals)
    build_boston(originals)
    build_boston_region(originals)
    build_osm(originals)


def build_gazetteer(originals: Path) -> None:
    """Write the Saint Petersburg addresses; every extract of that name lies inside the city."""
    rows = read_csv(originals / "osm/ru_addresses_osm_ship.csv")
    houses = [
        (
            CITY,
            row["street"],
            row["housenumber"],
            row["lat"],
            row["lon"],
            CITY,
            row["postcode"],
            f"osm:{row['osm_type']}{row['osm_id']}" if row["osm_id"] else f"osm:{row['source']}",
        )
        for row in rows
        if row["source"].startswith("spb_")
    ]
    header = ("city", "street", "house", "lat", "lon", "region", "postcode", "source")
    write_csv(HERE / "spb/gazetteer.csv.gz", header, houses)


def build_people(originals: Path) -> None:
    """Write people per building and per H3 cell of resolution 8."""
    buildings = read_csv(originals / "population/spb_vasilievsky_buildings_population.csv.gz")
    columns = ("street", "housenumber", "lat", "lon", "population", "storeys", "footprint_m2")
    header = ("street", "house", "lat", "lon", "people", "storeys", "footprint_m2")
    write_csv(
        HERE / "spb/buildings.csv.gz", header, [[row[c] for c in columns] for row in buildings]
    )
    cells = read_csv(originals / "population/population_h3r8.csv.gz")
    write_csv(
        HERE / "spb/population_h3r8.csv.gz",
        ("cell", "people"),
        [(row["h3"], row["population"]) for row in cells if row["city"] == "spb"],
    )
    write_csv(
        HERE / "boston/population_h3r8.csv.gz",
        tuple(cells[0]),
        [tuple(row.values()) for row in cells if row["city"] == "boston"],
    )


def build_districts(originals: Path) -> None:
    """Write the municipal okrugs and their union, borders simplified together without gaps."""
    okrugs = gpd.read_file(originals / "basemap/spb_municipal_osm2024.geojson").to_crs(BORDER_CRS)
    simple = shapely.coverage_simplify(okrugs.geometry.to_numpy(), BORDER_TOLERANCE_M)
    geometry = gpd.GeoSeries(simple, crs=BORDER_CRS).to_crs("EPSG:4326")
    geometry = shapely.set_precision(geometry.to_numpy(), 10.0**-COORDINATE_DIGITS)
    names = [okrug_name(text) for text in okrugs["district"]]
    features = [feature("spb", CITY, None, 0, shapely.union_all(geometry))]
    features += [
        feature(f"spb-{latin(name)}", name, "spb", 1, geometry[i])
        for i, name in sorted(enumerate(names), key=lambda pair: pair[1])
    ]
    write_features(HERE / "spb/districts.geojson", features)


def build_boston(originals: Path) -> None:
    """Write every street-light outage and a seeded draw of other requests, lines untouched."""
    with gzip.open(
        originals / "incidents/boston311_2011_q3.csv.gz", "rt", encoding="utf-8"
    ) as file:
        lines = file.read().splitlines()
    rows = list(csv.DictReader(lines))
    outage = np.array([row["type"] == "Street Light Outages" for row in rows])
    # Where the title is the type's own, nobody typed free text into it.
    other = np.array(
        [row["case_title"] == row["type"] and row["subject"] in PUBLIC_REALM for row in rows]
    )
    drawn = np.random.default_rng(2011).choice(
        np.flatnonzero(other & ~outage), OTHER_REQUESTS, replace=False
    )
    kept = np.sort(np.concatenate([np.flatnonzero(outage), drawn]))
    text = "\n".join([lines[0], *(lines[i + 1] for i in kept)]) + "\n"
    write_gzip(HERE / "boston/street_lights_2011_q3.csv.gz", text)


def build_boston_region(originals: Path) -> None:
    """Write the union of Boston's populated cells: where the requests can come from at all."""
    people = read_csv(originals / "population/population_h3r8.csv.gz")
    cells = [row["h3"] for row in people if row["city"] == "boston"]
    outlines = [
        shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]) for cell in cells
    ]
    outlines = shapely.set_precision(outlines, 10.0**-COORDINATE_DIGITS)
    region = feature("boston", "Boston", None, 0, shapely.union_all(outlines), "America/New_York")
    write_features(HERE / "boston/region.geojson", [region])


def build_osm(originals: Path) -> None:
    """Write the OSM extracts without editors and contacts."""
    for name in OSM_EXTRACTS:
        with gzip.open(originals / f"osm/{name}.osm.gz", "rt", encoding="utf-8") as file:
            text = file.read()
        text = OSM_CONTACT.sub("", OSM_EDITOR.sub(r"\1", text))
        write_gzip(HERE / f"osm/{name}.osm.gz", text)


def okrug_name(text: str) -> str:
    """Give an okrug's name as people read it: ``Гавань``, ``Муниципальный округ № 7``."""
    if found := re.fullmatch(r"муниципальный округ N (\d+)", text):
        return f"Муниципальный округ № {found[1]}"
    text = re.sub(r"^(муниципальный округ |город )(округ )?", "", text)
    return re.sub("^поселок ", "посёлок ", text)


def latin(name: str) -> str:
    """Give a name in Latin letters, for an identifier."""
    return re.sub("-+", "-", "".join(TO_LATIN.get(letter, letter) for letter in name.lower()))


def write_features(path: Path, features: list[dict[str, Any]]) -> None:
    """Write GeoJSON without spaces, Russian letters as they are."""
    collection = {"type": "FeatureCollection", "features": features}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def feature(  # noqa: PLR0913, PLR0917 (a territory has as many fields)
    territory_id: str,
    name: str,
    parent_id: str | None,
    level: int,
    shape: shapely.Geometry,
    zone: str = ZONE,
) -> dict[str, Any]:
    """Give one territory as a GeoJSON feature."""
    properties = {
        "territory_id": territory_id,
        "name": name,
        "parent_id": parent_id,
        "level": level,
        "timezone": zone,
    }
    geometry = json.loads(shapely.to_geojson(shapely.normalize(shape)))
    return {"type": "Feature", "properties": properties, "geometry": rounded(geometry)}


def rounded(value: Any) -> Any:  # noqa: ANN401 (walks any JSON)
    """Give a JSON value with its coordinates rounded, since a float's tail only costs bytes."""
    if isinstance(value, float):
        return round(value, COORDINATE_DIGITS)
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return value


def read_csv(path: Path) -> list[dict[str, str]]:
    """Give a CSV file's rows, plain or gzipped."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def write_csv(path: Path, header: tuple[str, ...], rows: Iterable[Iterable[str]]) -> None:
    """Write a gzipped CSV file."""
    write_gzip(path, "".join(",".join(map(quoted, row)) + "\n" for row in [header, *rows]))


def quoted(field: str) -> str:
    """Give a CSV field, quoted where it must be."""
    if any(mark in field for mark in ',"\n'):
        return '"' + field.replace('"', '""') + '"'
    return field


def write_gzip(path: Path, text: str) -> None:
    """Write text gzipped without a time stamp, so that a rebuild gives the same bytes."""
    path.write_bytes(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0))


if __name__ == "__main__":
    build(Path(sys.argv[1]))
