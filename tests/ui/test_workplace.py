from datetime import UTC, datetime

import pytest

from heatmaps.errors import StoreError
from heatmaps.store.engine import upgrade_store
from heatmaps.store.policies import seed_policy
from heatmaps.ui.workplace import look_up, require_ready, suggest, workplace


@pytest.fixture
def url(tmp_path, monkeypatch):
    address = f"sqlite:///{tmp_path}/heatmaps.db"
    monkeypatch.setenv("HEATMAPS_DATABASE_URL", address)
    return address


@pytest.mark.parametrize(
    "ask",
    [workplace, require_ready, lambda: suggest("Садовая", 8), lambda: look_up("Садовая, 1", None)],
)
def test_without_a_store_every_question_says_so(url, ask):
    with pytest.raises(StoreError, match="There is no store at"):
        ask()


def test_a_store_made_later_is_found_and_then_kept_open(url):
    with pytest.raises(StoreError):
        workplace()
    store = upgrade_store(url)
    with store.writing() as connection:
        seed_policy(connection, datetime.now(UTC))
    store.close()
    require_ready()
    assert workplace() is workplace()
    assert suggest("Садовая", 8) == []
    answer = look_up("Садовая, 1", None)
    assert (answer.verdict, answer.spots, answer.certain) == ("address_unclear", (), True)
