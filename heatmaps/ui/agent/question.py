"""What the agent asked last and what came back, kept for the session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.desk.answer import Asked
from heatmaps.desk.script import LANGUAGES
from heatmaps.ui.board import ground
from heatmaps.ui.workplace import clock, workplace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from heatmaps.desk.answer import Answer

RENEWED_AFTER = timedelta(seconds=30)
"""An answer older than this is made anew when it is shown again."""

_KEY = "question"


@dataclass(frozen=True, slots=True)
class Question:
    """An address with its answer in every language a caller may speak.

    `shown` is the address as people read it, `number` counts the questions of the session.
    """

    address: str
    shown: str
    number: int
    at: datetime
    answers: Mapping[str, Answer]

    def answer(self, language: str) -> Answer:
        """Give the answer; but for the sentence it is the same in every language."""
        return self.answers[language]


def ask(address: str, shown: str | None = None) -> Question:
    """Check an address now, and remember the question as the last one."""
    last = last_question()
    number = last.number + 1 if last else 1
    return _remember(address, shown or address, number)


def last_question() -> Question | None:
    """Give the last question, its answer made anew where it has grown old; None before any."""
    question: Question | None = st.session_state.get(_KEY)
    if question is not None and clock() - question.at > RENEWED_AFTER:
        return _remember(question.address, question.shown, question.number)
    return question


def _remember(address: str, shown: str, number: int) -> Question:
    now, zone, place = clock(), ground().zone, workplace()
    answers = {each: place.check(address, None, Asked(now, zone, each)) for each in LANGUAGES}
    question = Question(address, shown, number, now, answers)
    st.session_state[_KEY] = question
    return question
