"""What the environment decides; everything the business decides is in the policy."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from heatmaps.errors import ConfigError


def _usual_cache_dir() -> Path:
    """Give the user's directory for files that may be lost (XDG base directories)."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    home = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    return home / "heatmaps"


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
    cache_dir: Path = Field(
        default_factory=_usual_cache_dir,
        description="where the snapshot of the gazetteer's index is kept; may be deleted any time",
    )

    provider: Literal["nominatim", "photon", "pelias", "yandex", "dadata"] | None = Field(
        None, description="online provider that may be asked; unset: nothing leaves the house"
    )
    provider_url: str | None = Field(None, description="its server, where it is not the usual one")
    provider_key: SecretStr | None = Field(None, description="the key it gave; never shown")
    provider_secret: SecretStr | None = Field(None, description="DaData's second key; never shown")
    provider_user_agent: str | None = Field(
        None, description="who asks, with an e-mail address or a web page"
    )
    provider_per_second: float | None = Field(
        None, gt=0, le=1_000, allow_inf_nan=False, description="requests a second at most"
    )
    provider_per_day: int | None = Field(
        None, ge=0, description="requests a day (UTC) at most, of all processes together"
    )
    provider_store: bool | None = Field(
        None, description="whether its answers may be kept; unset: as its public terms say"
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

    @field_validator("provider_url")
    @classmethod
    def _no_secret(cls, url: str | None) -> str | None:
        if url and ("@" in url or "?" in url):
            message = "a key goes into HEATMAPS_PROVIDER_KEY and never into the address"
            raise ValueError(message)
        return url

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
        value = re.sub(r"://[^@/]*@|\?.*", "***", repr(fault["input"]))
        value = "***" if fault["loc"] == ("provider_url",) else value
        message = f"{variable}={value}: {reason}; set it right or unset it."
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
