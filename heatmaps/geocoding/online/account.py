"""Which provider is asked, as whom, how often, and whether its answers may be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from heatmaps.errors import ConfigError, UsageError

TIMEOUT_S = 10.0
PER_DAY = 1_000
"""Requests a day where the operator sets no other number; free tiers begin here."""

_PUBLIC_NOMINATIM = "openstreetmap.org"
_URL = re.compile(
    r"https?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?(?:/[!-~]*)?",
    re.ASCII | re.IGNORECASE,
)
"""What every reader of URLs takes apart alike: urllib asks the host ``a%2Eorg`` as ``a.org``."""
_NO_PATH = re.compile("[?#\\\\]")
_NAMES_OPERATOR = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S+")


@dataclass(frozen=True, slots=True)
class Account:
    """An operator's account with a provider; `key` and `secret` are never printed.

    `url` is where its interface begins, without a path of ours. `keeps` tells whether its terms,
    or the operator's contract, allow answers to be kept beyond the session.
    """

    provider: str
    url: str = ""
    key: str = ""
    secret: str = ""
    user_agent: str = ""
    per_second: float = 1.0
    per_day: int = PER_DAY
    keeps: bool = True
    timeout_s: float = TIMEOUT_S

    def __repr__(self) -> str:
        """Show no secret."""
        return f"Account({self.provider!r}, {self.shown_url!r})"

    @property
    def host(self) -> str:
        """The host asked as its name is looked up: unquoted, IDNA, lower case, no last dot."""
        name = unquote(urlsplit(self.url).hostname or "").rstrip(".")
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return name.lower()
        return name.lower()

    @property
    def shown_url(self) -> str:
        """The URL as people may see it: of its path, which may hold a key, nothing."""
        return without_path(self.url)

    @property
    def scheme(self) -> str:
        """Either http or https."""
        return urlsplit(self.url).scheme

    @property
    def domain(self) -> str:
        """Everything behind the scheme, as geopy takes it."""
        return self.url.split("://", 1)[1].rstrip("/")

    @property
    def is_public_nominatim(self) -> bool:
        """Whether the donated servers of OpenStreetMap are asked."""
        return self.host == _PUBLIC_NOMINATIM or self.host.endswith("." + _PUBLIC_NOMINATIM)


DEFAULTS = {
    account.provider: account
    for account in (
        Account("nominatim", "https://nominatim.openstreetmap.org"),
        Account("photon", "https://photon.komoot.io"),
        Account("pelias", per_second=5.0),
        Account("yandex", "https://geocode-maps.yandex.ru", per_second=5.0, keeps=False),
        Account("dadata", per_second=10.0),
    )
}
"""What holds where the operator sets nothing else."""

_DADATA_CLEANER = "https://cleaner.dadata.ru"
_DADATA_SUGGESTIONS = "https://suggestions.dadata.ru"
_NEEDS_KEY = ("yandex", "dadata")


def checked(account: Account) -> Account:
    """Give the account as it may be used, at most one request a second to public Nominatim.

    ConfigError names the setting that is missing or wrong, never a key.
    """
    if account.provider == "dadata" and not account.url:
        account = replace(account, url=_DADATA_CLEANER if account.secret else _DADATA_SUGGESTIONS)
    _check_url(account)
    for name, value in (("KEY", account.key), ("SECRET", account.secret),
                        ("USER_AGENT", account.user_agent)):  # fmt: skip
        if not (value.isascii() and value.isprintable()):
            message = f"HEATMAPS_PROVIDER_{name} holds more than plain Latin text; correct it."
            raise ConfigError(message)
    if account.provider in _NEEDS_KEY and not account.key:
        message = f"The provider {account.provider} wants a key; set HEATMAPS_PROVIDER_KEY."
        raise ConfigError(message)
    if not account.is_public_nominatim:
        return account
    if not _NAMES_OPERATOR.search(account.user_agent):
        message = (
            "Public Nominatim wants to know who asks; set HEATMAPS_PROVIDER_USER_AGENT to a name "
            "with an e-mail address or a web page, or HEATMAPS_PROVIDER_URL to a server of yours."
        )
        raise ConfigError(message)
    return replace(account, per_second=min(account.per_second, 1.0))


def refuse_batch(account: Account) -> None:
    """Raise UsageError where many addresses at once may not be asked: public Nominatim."""
    if account.is_public_nominatim:
        message = (
            f"{account.host} is donated and forbids batches; set HEATMAPS_PROVIDER_URL to a "
            "Nominatim of yours, or choose another HEATMAPS_PROVIDER."
        )
        raise UsageError(message)


def _check_url(account: Account) -> None:
    if not account.url:
        message = f"There is no public {account.provider}; set HEATMAPS_PROVIDER_URL to yours."
        raise ConfigError(message)
    try:
        plain = _URL.fullmatch(account.url) and not _NO_PATH.search(account.url)
        known = plain and account.host and urlsplit(account.url).port != 0
    except ValueError:
        known = False
    if not known:
        message = (
            "HEATMAPS_PROVIDER_URL is no address of a server; write it like "
            "https://geocoder.example.org, without a key, user or question mark."
        )
        raise ConfigError(message)


def without_path(url: str) -> str:
    """Give a URL with ``…`` in place of its user, path and query, each of which may be a key."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return "…"
    authority, _, path = re.sub(r"[\\?#]", "/", rest).partition("/")
    user = "…@" if "@" in authority else ""
    return f"{scheme}://{user}{authority.rpartition('@')[2]}{'/…' if path else ''}"
