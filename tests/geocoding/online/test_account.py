"""Accounts that cannot or may not be used are refused, and no key is ever shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heatmaps.errors import ConfigError, UsageError
from heatmaps.geocoding.online.account import (
    DEFAULTS,
    Account,
    checked,
    refuse_batch,
    without_path,
)
from heatmaps.geocoding.online.provider import PROVIDERS

PUBLIC = replace(DEFAULTS["nominatim"], user_agent="operator, gis@example.org")


def test_every_provider_has_defaults() -> None:
    assert set(DEFAULTS) == set(PROVIDERS)


@pytest.mark.parametrize(
    "url",
    [
        "https://nominatim.openstreetmap.org",
        "https://NOMINATIM.OpenStreetMap.org:443/",
        "https://nominatim.openstreetmap.org./search",
        "https://nominatim2.openstreetmap.org",
        "https://nominatim.openstreetmap%2Eorg",
        "https://nominatim.%6Fpenstreetmap.org",
        "https://nominatim.openstreetmap。org",
        "https://nominatim.ｏpenstreetmap.org",
    ],
)
def test_batches_on_public_nominatim_are_refused(url: str) -> None:
    for name in ("nominatim", "photon"):
        with pytest.raises(UsageError, match="forbids batches") as raised:
            refuse_batch(Account(name, url))
        assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "https://geo.example.org", "https://openstreetmap.org.example"]
)
def test_batches_on_other_servers_are_not(url: str) -> None:
    refuse_batch(Account("nominatim", url))


@pytest.mark.parametrize("agent", ["", "heatmaps/0.1.0", "Mozilla/5.0"])
def test_public_nominatim_wants_to_know_who_asks(agent: str) -> None:
    with pytest.raises(ConfigError, match="HEATMAPS_PROVIDER_USER_AGENT"):
        checked(replace(PUBLIC, user_agent=agent))


def test_public_nominatim_is_asked_once_a_second_at_most() -> None:
    assert checked(replace(PUBLIC, per_second=50.0)).per_second == 1.0
    own = replace(PUBLIC, url="http://127.0.0.1", per_second=50.0)
    assert checked(own).per_second == 50.0


@pytest.mark.parametrize(
    ("account", "named"),
    [
        (DEFAULTS["pelias"], "HEATMAPS_PROVIDER_URL"),
        (DEFAULTS["yandex"], "HEATMAPS_PROVIDER_KEY"),
        (DEFAULTS["dadata"], "HEATMAPS_PROVIDER_KEY"),
        (Account("photon", "ftp://x.org"), "HEATMAPS_PROVIDER_URL"),
        (Account("photon", "x.org"), "HEATMAPS_PROVIDER_URL"),
        (Account("photon", "https://x.org:99999999"), "HEATMAPS_PROVIDER_URL"),
        (Account("photon", "https://u:hidden@x.org"), "HEATMAPS_PROVIDER_URL"),
        (Account("photon", "https://x.org/?key=hidden"), "HEATMAPS_PROVIDER_URL"),
        (Account("photon", "https://гео.рф"), "HEATMAPS_PROVIDER_URL"),
        (Account("photon", "https://x.org", "hidden\nX: y"), "HEATMAPS_PROVIDER_KEY"),
        (Account("photon", "https://x.org", user_agent="Оператор"), "HEATMAPS_PROVIDER_USER_AGENT"),
    ],
)
def test_what_cannot_work_is_refused(account: Account, named: str) -> None:
    with pytest.raises(ConfigError, match=named) as raised:
        checked(account)
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://nominatim.openstreetmap%2Eorg", "https://nominatim.openstreetmap%2eorg/search",
        "https://nominatim.openstreet\tmap.org", "https://nominatim.openstreetmap.org\n",
        "https://nominatim openstreetmap.org", " https://x.org", "https://x.org\\@openstreetmap.org",
        "https://x.org@openstreetmap.org", "https://@x.org", "https://x.org\x00", "https://x.org?",
        "https://x.org#", "https://x.org/a\\b", "https:///x.org", "https://./", "https://x.org:0",
        "https://nominatim.openſtreetmap.org", "https://x.org:٣",
    ],
)  # fmt: skip
def test_a_url_that_others_may_read_otherwise_is_refused(url: str) -> None:
    for name in ("nominatim", "photon"):
        with pytest.raises(ConfigError, match="HEATMAPS_PROVIDER_URL"):
            checked(replace(PUBLIC, provider=name, url=url))


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080", "http://[::1]:8080/", "HTTPS://Geo_coder.example.org/a%20b/v1",
     "https://xn--c1ad3a.xn--p1ai"],
)  # fmt: skip
def test_other_servers_may_be_asked(url: str) -> None:
    assert checked(Account("photon", url)).url == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.org", "https://x.org"),
        ("https://x.org:8080/", "https://x.org:8080"),
        ("https://x.org/hidden/v1", "https://x.org/…"),
        ("https://x.org?key=hidden", "https://x.org/…"),
        ("https://x.org#hidden", "https://x.org/…"),
        ("https://u:hidden@x.org/", "https://…@x.org"),
        ("hidden", "…"),
    ],
)
def test_of_a_url_only_the_server_is_shown(url: str, shown: str) -> None:
    assert without_path(url) == shown
    assert "hidden" not in repr(Account("photon", url))


def test_a_key_is_not_shown() -> None:
    account = Account("yandex", "https://x.org", "hidden", "hidden")
    assert "hidden" not in f"{account!r} {account}"


def test_the_secret_decides_which_dadata_is_asked() -> None:
    account = replace(DEFAULTS["dadata"], key="k")
    assert checked(account).host == "suggestions.dadata.ru"
    assert checked(Account("dadata", "", "k", "s")).host == "cleaner.dadata.ru"


def test_what_yandex_says_is_not_kept_unless_told() -> None:
    assert [name for name, account in DEFAULTS.items() if not account.keeps] == ["yandex"]
