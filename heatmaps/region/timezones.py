"""Time zones by name; fixed offsets would be wrong at the next change of the clock or the law."""

from zoneinfo import ZoneInfo


def is_timezone(name: str) -> bool:
    """Say whether a name is an IANA time zone known here."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
