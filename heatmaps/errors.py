"""Every error a user can meet, in one tree.

A message is one sentence that says what is wrong, with the value, and what to do about it. The
command line prints it without a stack trace and leaves with ``exit_code``; anything that is not a
`HeatmapsError` is a fault of ours and keeps its trace.
"""

from typing import ClassVar


class HeatmapsError(Exception):
    """Something the user can mend."""

    exit_code: ClassVar[int] = 1


class UsageError(HeatmapsError):
    """The command was called with words or values that cannot work."""

    exit_code: ClassVar[int] = 2


class FileError(HeatmapsError):
    """A file as a whole cannot be used: missing, empty, truncated, wrong encoding or columns."""


class ConfigError(HeatmapsError):
    """A setting, a policy or an intake profile is wrong."""


class PolicyError(ConfigError):
    """A policy cannot be used; `fault` is a word a screen can translate, `values` what it names.

    `where` is the field and `given` its value as TOML, each empty where there is none; a fault of
    the syntax has `line` and `column` instead.
    """

    def __init__(self, message: str, fault: str, **values: str) -> None:
        super().__init__(message)
        self.fault = fault
        self.values = values


class StoreError(HeatmapsError):
    """The store is missing, unreachable, or not at the schema this version needs."""


class RuleError(HeatmapsError):
    """A rule of the business forbids what was asked; `reason` is a word a screen can translate."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ProviderError(HeatmapsError):
    """An online provider gave no answer, so that the place asked about is not known yet."""


class ProviderPausedError(ProviderError):
    """Nothing was asked: the day's requests are spent, or the provider failed too often."""
