"""Commands about intake profiles: how the files of a foreign system are read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from heatmaps.cli.output import AsJson, DryRun, result, warn
from heatmaps.complaints.profiles import Kind, packaged_profiles, profile_text, read_profile
from heatmaps.complaints.suggestion.profile import suggest_profile
from heatmaps.errors import UsageError

profile = typer.Typer(help="How files of foreign systems are read.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(profile, name="profile")


@profile.command("list")
def list_profiles(*, as_json: AsJson = False) -> None:
    """List the packaged intake profiles.

    Example: heatmaps profile list
    """
    found = [(name, read_profile(name).kind, _first_comment(name)) for name in packaged_profiles()]
    width = max(len(name) for name, _, _ in found)
    lines = [f"{name:{width}}  {kind:11}  {says}" for name, kind, says in found]
    facts = [{"name": name, "kind": kind, "says": says} for name, kind, says in found]
    result(as_json, "\n".join(lines), profiles=facts)


@profile.command("show")
def show(
    name: Annotated[str, typer.Argument(help="A packaged name, or the path of a TOML file.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show a profile as it is written, having checked it.

    Example: heatmaps profile show boston311
    """
    checked = read_profile(name)
    result(as_json, profile_text(name).rstrip(), name=name,
           profile=checked.model_dump(mode="json", by_alias=True))  # fmt: skip


@profile.command("suggest")
def suggest(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, JSON Lines or Parquet.")],
    out: Annotated[
        Path | None, typer.Option(help="TOML file to write; else it is printed.")
    ] = None,
    kind: Annotated[Kind, typer.Option(help="What the rows of the file are.")] = Kind.COMPLAINTS,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Suggest a profile for an unknown file: look it over before you use it.

    Example: heatmaps profile suggest export.xlsx --out my-crm.toml
    """
    suggested = suggest_profile(file, kind)
    for doubt in suggested.doubts:
        warn(f"In doubt: {doubt}.")
    if out and not dry_run:
        _write(out, suggested.text)
    said = suggested.text.rstrip()
    if out:
        written = f"not written to {out}: dry run" if dry_run else f"written to {out}"
        said = (
            f"{file.name}: {len(suggested.found)} of our columns found, {len(suggested.unused)} of "
            f"theirs unused, {len(suggested.doubts)} doubts; {written}."
        )
    result(as_json, said, file=str(file), out=out and str(out), dry_run=dry_run,
           **asdict(suggested))  # fmt: skip


def _first_comment(name: str) -> str:
    first = profile_text(name).split("\n", 1)[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def _write(path: Path, text: str) -> None:
    """Write a suggestion, but never over a file that somebody may have worked on."""
    try:
        if path.exists() and path.read_text(encoding="utf-8") != text:
            message = f"{path} exists and differs; remove it, or name another file with --out."
            raise UsageError(message)
        path.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        message = f"{path} cannot be written: {why}; name another file with --out."
        raise UsageError(message) from error
