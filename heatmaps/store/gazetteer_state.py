"""Which state of whose gazetteer a store holds, for what is derived from it and kept elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from heatmaps.store.engine import place_of
from heatmaps.store.tables import GazetteerLoad

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def store_name(engine: Engine) -> str:
    """Give what tells a store from any other: where it is, without password."""
    return place_of(engine.url.render_as_string(hide_password=False))


def gazetteer_stamp(connection: Connection) -> str:
    """Give a text that is another one after every load that changed anything.

    It names the load and what it did, not the number alone, for a store may be made anew in the
    same place.
    """
    table = GazetteerLoad.__table__
    load = connection.execute(select(table).order_by(table.c.version.desc()).limit(1)).first()
    if load is None:
        return "0"
    report = json.dumps(load.report, sort_keys=True, ensure_ascii=False, default=str)
    return f"{load.version} {load.loaded_at.isoformat()} {load.file} {report}"
