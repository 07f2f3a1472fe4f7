"""Versions of the policy; the highest number rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from heatmaps.policy import PACKAGED_POLICY, Policy, completed, parse_policy
from heatmaps.store.engine import lock
from heatmaps.store.tables import PolicyVersion

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class CurrentPolicy:
    """The policy that rules, its version and the text it was loaded from."""

    version: int
    body: str
    policy: Policy


def current_policy(connection: Connection) -> CurrentPolicy:
    """Give the policy that rules; ConfigError where a newer program cannot read it."""
    query = select(PolicyVersion.version, PolicyVersion.body).order_by(PolicyVersion.version.desc())
    version, body = connection.execute(query.limit(1)).one()
    return CurrentPolicy(version, body, parse_policy(body, f"version {version} of the store"))


def save_policy(connection: Connection, body: str, origin: str, at: datetime) -> tuple[int, bool]:
    """Make a text the ruling policy, unless it already is; gives the version and whether it is new.

    ConfigError where the text is no valid policy; then nothing is written.
    """
    parse_policy(body, origin)
    lock(connection, "policy")
    ruling = connection.execute(
        select(PolicyVersion.version, PolicyVersion.body)
        .order_by(PolicyVersion.version.desc())
        .limit(1)
    ).one_or_none()
    if ruling and ruling.body == body:
        return ruling.version, False
    version = ruling.version + 1 if ruling else 1
    row = insert(PolicyVersion).values(version=version, loaded_at=at, origin=origin, body=body)
    connection.execute(row)
    return version, True


def seed_policy(connection: Connection, at: datetime) -> None:
    """Give an empty store the packaged policy; one that has a policy keeps it.

    Sections and keys that came with a newer program are added to it, as a new version.
    """
    packaged = PACKAGED_POLICY.read_text(encoding="utf-8")
    p = PolicyVersion
    ruling = connection.scalar(select(p.body).order_by(p.version.desc()).limit(1))
    body = packaged if ruling is None else completed(ruling, packaged)
    if body != ruling:
        save_policy(connection, body, PACKAGED_POLICY.name, at)


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """When a version of the policy was loaded, and from where."""

    version: int
    loaded_at: datetime
    origin: str


def policy_versions(connection: Connection) -> list[LoadedPolicy]:
    """Give every version of the policy, the ruling one last."""
    p = PolicyVersion
    query = select(p.version, p.loaded_at, p.origin).order_by(p.version)
    return [LoadedPolicy(*row) for row in connection.execute(query)]
