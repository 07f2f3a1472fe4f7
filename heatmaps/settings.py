"""What the environment decides; everything the business decides is in the policy."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from heatmaps.errors import ConfigError


class Settings(BaseSettings):
    """Environment variables ``HEATMAPS_…``; `heatmaps doctor` lists them with their values."""

    model_config = SettingsConfigDict(env_prefix="HEATMAPS_", frozen=True, extra="ignore")

    database_url: str = Field(
        "sqlite:///var/heatmaps.db", description="SQLAlchemy URL; postgresql+psycopg://… is PostGIS"
    )
    locale: Literal["ru", "kk", "en"] = Field("ru", description="language of the screens")
    timezone: str = Field(
        "Europe/Moscow", description="zone of naive times where the intake profile names none"
    )
    default_city: str | None = Field(
        None, description="settlement of addresses that name none; unset: such are ambiguous"
    )

    map_attribution: str = Field(
        "© OpenStreetMap", description="whose borders the base map shows, said on every map"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            message = f"{name!r} is no IANA zone name such as Europe/Moscow"
            raise ValueError(message) from error
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The zone of naive times."""
        return ZoneInfo(self.timezone)


def load_settings() -> Settings:
    """Read the environment; ConfigError with the variable and the remedy where it is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        variable = "HEATMAPS_" + "_".join(str(part) for part in fault["loc"]).upper()
        reason = fault["msg"].removeprefix("Value error, ")
        message = f"{variable}={fault['input']!r}: {reason}; set it right or unset it."
        raise ConfigError(message) from error


def unknown_variables() -> list[str]:
    """Give one sentence for each HEATMAPS_ variable of the environment that no setting reads."""
    known = [f"HEATMAPS_{name.upper()}" for name in Settings.model_fields]
    told = []
    for name in sorted(os.environ):
        if name.upper().startswith("HEATMAPS_") and name.upper() not in known:
            near = get_close_matches(name.upper(), known, n=1)
            cure = f"perhaps {near[0]} is meant" if near else f"known are {', '.join(known)}"
            told.append(f"{name} is no setting and does nothing; {cure}.")
    return told
