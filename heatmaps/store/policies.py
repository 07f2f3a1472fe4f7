"""Versions of the policy; the highest number rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from heatmaps.desk.words import Refusal
from heatmaps.errors import RuleError, UsageError
from heatmaps.policy import PACKAGED_POLICY, Policy, completed, parse_policy
from heatmaps.policy_changes import policy_changes
from heatmaps.store.engine import lock
from heatmaps.store.tables import PolicyVersion

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from heatmaps.policy_changes import PolicyChange

_BY = "\t"
"""Stands in the column `origin` between where a text is from and who brought it."""


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


def save_policy(  # noqa: PLR0913 - what is kept of a version, and of which it is the successor
    connection: Connection,
    body: str,
    origin: str,
    at: datetime,
    *,
    by: str = "",
    after: int | None = None,
) -> tuple[int, bool]:
    """Make a text the ruling policy, unless it already is; gives the version and whether it is new.

    ConfigError where the text is no valid policy, RuleError where `after` is given and does not
    rule any more; then nothing is written.
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
    if ruling and after not in {None, ruling.version}:
        message = (
            f"Version {ruling.version} of the policy was saved meanwhile, and this text was made "
            f"from version {after}; see `heatmaps policy history` and start from the newest."
        )
        raise RuleError(message, Refusal.OVERTAKEN)
    version = ruling.version + 1 if ruling else 1
    told = f"{_plain(origin)}{_BY}{_plain(by)}" if by.strip() else _plain(origin)
    row = insert(PolicyVersion).values(version=version, loaded_at=at, origin=told, body=body)
    connection.execute(row)
    return version, True


def roll_back(
    connection: Connection, version: int, at: datetime, *, by: str = ""
) -> tuple[int, bool]:
    """Make the text of an older version the newest; gives its number and whether it is new.

    No version is lost. What a newer program has added since is kept as the package has it.
    UsageError where there is no such version.
    """
    body = body_of(connection, version)
    return save_policy(connection, body, f"version {version}", at, by=by)


def body_of(connection: Connection, version: int) -> str:
    """Give the text of a version, with what a newer program has added since.

    UsageError where there is no such version.
    """
    p = PolicyVersion
    body = connection.scalar(select(p.body).where(p.version == version))
    if body is None:
        message = (
            f"The policy has no version {version}; choose one that `heatmaps policy history` lists."
        )
        raise UsageError(message)
    return completed(body, PACKAGED_POLICY.read_text(encoding="utf-8"))


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
    """When a version of the policy was loaded, from where, by whom, and what it changed.

    `by` is empty where nobody was named; `changes` are against the version before.
    """

    version: int
    loaded_at: datetime
    origin: str
    by: str
    changes: tuple[PolicyChange, ...]


def policy_versions(connection: Connection) -> list[LoadedPolicy]:
    """Give every version of the policy, the ruling one last."""
    p = PolicyVersion
    query = select(p.version, p.loaded_at, p.origin, p.body).order_by(p.version)
    found, before = list[LoadedPolicy](), None
    for row in connection.execute(query):
        origin, _, by = row.origin.partition(_BY)
        changes = tuple(policy_changes(before, row.body)) if before is not None else ()
        found.append(LoadedPolicy(row.version, row.loaded_at, origin, by, changes))
        before = row.body
    return found


def _plain(words: str) -> str:
    return " ".join(words.split())
