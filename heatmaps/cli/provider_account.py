"""The settings of an online provider as an account, and what commands say of asking it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from heatmaps import __version__
from heatmaps.cli.output import warn
from heatmaps.errors import ConfigError

if TYPE_CHECKING:
    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.result import Geocoder
    from heatmaps.settings import Settings
    from heatmaps.store.engine import Store
    from pipelines.ask_providers import Counts, GeocoderWithProvider


def account_of(settings: Settings) -> Account:
    """Give the account that the settings tell of; ConfigError where they tell of none or wrong."""
    from heatmaps.geocoding.online.account import DEFAULTS, checked

    if settings.provider is None:
        message = f"No online provider is chosen; set HEATMAPS_PROVIDER to {', '.join(DEFAULTS)}."
        raise ConfigError(message)
    usual = DEFAULTS[settings.provider]
    told: dict[str, Any] = {
        "url": settings.provider_url,
        "key": settings.provider_key and settings.provider_key.get_secret_value(),
        "secret": settings.provider_secret and settings.provider_secret.get_secret_value(),
        "user_agent": settings.provider_user_agent,
        "per_second": settings.provider_per_second,
        "per_day": settings.provider_per_day,
        "keeps": settings.provider_store,
    }
    told = {name: value for name, value in told.items() if value is not None}
    return checked(replace(usual, **{"user_agent": f"heatmaps/{__version__}", **told}))


def provider_faults(settings: Settings) -> list[str]:
    """Give what is wrong with the provider chosen, if one is."""
    if settings.provider is None:
        return []
    try:
        account_of(settings)
    except ConfigError as error:
        return [str(error)]
    return []


def with_provider(
    store: Store, ours: Geocoder, settings: Settings, default_city: str | None, *, asks: bool
) -> GeocoderWithProvider:
    """Give a geocoder that asks the provider of the settings about a batch's doubtful addresses.

    UsageError where that provider forbids batches.
    """
    from heatmaps.geocoding.online.account import refuse_batch
    from pipelines.ask_providers import GeocoderWithProvider, names_of, open_enquiry

    account = account_of(settings)
    refuse_batch(account)
    if not account.keeps:
        warn(
            f"The terms of {account.provider} forbid keeping its answers: mind what becomes of the "
            "file, or set HEATMAPS_PROVIDER_STORE=true if your contract allows it."
        )
    enquiry = open_enquiry(store, account)
    return GeocoderWithProvider(ours, enquiry, names_of(store), default_city, asks=asks)


def told_of_provider(geocoder: GeocoderWithProvider | None) -> tuple[str, dict[str, Any]]:
    """Give the sentence and the facts on what a provider was asked; nothing where none was."""
    if geocoder is None:
        return "", {}
    name, requests = geocoder.enquiry.account.provider, geocoder.enquiry.requests
    facts = {"provider": name, "requests": requests, **asdict(geocoder.counts)}
    if geocoder.why:
        warn(geocoder.why)
    return f"\n  {said_of(geocoder.counts, name, requests)}", {"online": facts}


def said_of(counts: Counts, provider: str, requests: int) -> str:
    """Give the sum of what became of the addresses asked."""
    return (
        f"{provider}: {counts.asked:,} asked = {counts.found:,} found + {counts.not_found:,} not "
        f"found + {counts.failed:,} failed + {counts.left_over:,} left for later; "
        f"{requests:,} requests sent, {counts.withheld:,} addresses withheld."
    )
