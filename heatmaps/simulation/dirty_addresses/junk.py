"""What stands in address columns and is no address."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_SAID = (
    "-", "--", "нет", "Нет данных", "не указан", "не указано", "не помню", "тест", "test", "н/д",
    "б/н", "без адреса", "адрес уточняется", "см. комментарий", "см выше", "там же", "???", "...",
    "xxx", "null", "none", "n/a", "0", "111", "000000", "абонент не назвал", "у клиента спросить",
    "перезвонить", "связь плохая", "не работает интернет", "дома", "на даче", "уточнить", "—",
)  # fmt: skip
_KEYS = "фывапролджэйцукенгшщзхъячсмитьбю"
_LONGEST = 9
_RANDOM = 0.5


def junk(rng: np.random.Generator) -> str:
    """Give one entry: an excuse, a placeholder, or keys pressed to get on."""
    if rng.random() >= _RANDOM:
        said = _SAID[int(rng.integers(len(_SAID)))]
        return said + "." * int(rng.integers(3)) if said[-1].isalpha() else said
    letters = rng.integers(len(_KEYS), size=int(rng.integers(3, _LONGEST)))
    return "".join(_KEYS[i] for i in letters)
