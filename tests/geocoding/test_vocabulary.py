from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from heatmaps.geocoding.packed import Keys, Texts, pack_keys, pack_texts
from heatmaps.geocoding.skeleton import skeleton
from heatmaps.geocoding.vocabulary import (
    MOST_SLIPS,
    WORTH_LEARNING,
    Vocabulary,
    may_slip,
    pack_vocabulary,
    slips,
)

WORD = st.text(alphabet="абвг", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("word", "other", "distance"),
    [
        ("горная", "гонрая", 1),
        ("горная", "горня", 1),
        ("горная", "гарнея", 2),
        ("горная", "зорькая", None),
        ("мира", "мера", 1),
        ("мира", "мерл", None),
        ("мир", "мира", 1),
        ("мир", "пир", None),
        ("лес", "лу", None),
    ],
)
def test_slips(word, other, distance):
    assert slips(word, other) == slips(other, word) == distance


@pytest.mark.parametrize(
    ("word", "may"), [("ленина", True), ("8", False), ("3б", False), ("во", False), ("мир", True)]
)
def test_numbers_and_short_words_never_slip(word, may):
    assert may_slip(word) == may


@given(st.lists(WORD, unique=True, max_size=40), WORD)
def test_like_finds_exactly_what_is_near(words, asked):
    vocabulary = Vocabulary(pack_vocabulary("w", words), "w")
    found = {words[like.term]: like.slips for like in vocabulary.like(asked)}
    near = {
        word: OSA.distance(word, asked)
        for word in words
        if word != asked and may_slip(word) and may_slip(asked) and slips(word, asked) is not None
    }
    assert found == near
    assert vocabulary.exact(asked) == (words.index(asked) if asked in words else None)


@given(
    st.lists(WORD, unique=True, max_size=40),
    st.lists(WORD, unique=True, min_size=WORTH_LEARNING, max_size=30),
)
@settings(max_examples=40)
def test_words_learnt_at_once_are_found_as_one_by_one(words, asked):
    arrays = pack_vocabulary("w", words)
    alone, learnt = Vocabulary(arrays, "w"), Vocabulary(arrays, "w")
    learnt.learn(asked)
    for word in asked:
        assert learnt.exact(word) == alone.exact(word)
        for most in range(1, MOST_SLIPS + 1):
            assert learnt.like(word, most) == alone.like(word, most)


@given(st.lists(st.text(max_size=8), max_size=30))
def test_packed_texts_come_back(texts):
    arrays = {**pack_texts("t", texts), **pack_keys("k", texts)}
    assert list(Texts(arrays, "t")) == texts
    keys = Keys(arrays, "k")
    for text in texts:
        assert keys.all(text) == [i for i, other in enumerate(texts) if other == text]
        assert keys.first(text) == texts.index(text)
    assert all(isinstance(array, np.ndarray) and array.ndim == 1 for array in arrays.values())


@pytest.mark.parametrize(
    ("cyrillic", "spellings"),
    [
        ("курская", "kurskaya kurskaja kurskaia"),
        ("жукова", "zhukova zukova"),
        ("королева", "koroleva korolyova koroljova korolyeva"),
        ("хабаровск", "khabarovsk habarovsk"),
        ("щукина", "shchukina schukina shhukina"),
        ("невский", "nevskiy nevskij nevskii nevsky nevski"),
        ("красный", "krasnyy krasnyj krasny krasnyi"),
        ("цветочная", "tsvetochnaya cvetocnaja tsvetochnaia czvetochnaya"),
        ("юрия", "yuriya jurija iuriia"),
        ("подъездная", "podezdnaya podyezdnaya"),
        ("александра", "aleksandra alexandra"),
        ("қарағанды", "karagandy qaragandy"),
    ],
)
def test_one_skeleton_for_every_scheme(cyrillic, spellings):
    assert {skeleton(spelling) for spelling in spellings.split()} == {skeleton(cyrillic)}


@pytest.mark.parametrize(
    ("one", "other"),
    [("ленина", "линина"), ("горная", "горняя"), ("мира", "мера"), ("садовая", "судовая")],
)
def test_other_words_have_other_skeletons(one, other):
    assert skeleton(one) != skeleton(other)
