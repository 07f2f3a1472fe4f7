import itertools

import pytest

from heatmaps.insight.explanation.record import Evidence
from heatmaps.insight.explanation.signs import OUTCOMES
from heatmaps.ui.engineer.evidence_words import evidence_in_words
from heatmaps.ui.locale import LOCALES, translator

EVERYTHING = [(sign, outcome) for sign, said in OUTCOMES.items() for outcome in said]


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_a_sign_can_say_has_a_sentence_of_its_own(locale):
    _ = translator(locale)
    told = [
        evidence_in_words(Evidence(sign, outcome, figure, 0.5), _)
        for (sign, outcome), figure in itertools.product(EVERYTHING, (0.5, None))
    ]
    assert not any("{" in sentence for sentence in told)
    assert len(set(told[::2])) == len(EVERYTHING)


@pytest.mark.parametrize(
    ("sign", "outcome", "figure", "sentence"),
    [
        ("topics", "no_internet", 0.8, "выделяется «нет интернета»: 80 % жалоб"),
        ("extent", "wide", 12.34, "обширная зона: 12,3 км²"),
        ("earlier", "power", 3.0, "причина прошлого пятна здесь: электропитание"),
    ],
)
def test_shares_in_percent_and_sizes_as_numbers(sign, outcome, figure, sentence):
    told = evidence_in_words(Evidence(sign, outcome, figure, 0.5), translator("ru"))
    assert told.replace("\xa0", " ") == sentence
