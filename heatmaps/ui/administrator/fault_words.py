"""What is wrong with a draft, in one sentence of the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heatmaps.errors import PolicyError
    from heatmaps.ui.locale import Translator


def fault_in_words(fault: PolicyError, _: Translator) -> str:
    """Give the sentence, with the field and its value."""
    values = fault.values
    field = values.get("where", "")
    if values.get("given"):
        field = f"{field} = {values['given']}"
    said = {
        "syntax": _("Line {line}, column {column}: this is not TOML."),
        "unfinished": _("The text is not TOML: something that was opened is not closed."),
        "unknown": _("There is no such field: {field}. Is it misspelt?"),
        "missing": _("{field} is missing: write it, or take it from the ruling policy."),
        "too_small": _("{field}: at least {limit} is needed."),
        "too_large": _("{field}: at most {limit} is possible."),
        "empty": _("{field}: at least one value is needed."),
        "no_integer": _("{field}: a whole number is needed."),
        "no_number": _("{field}: a number is needed."),
        "no_text": _("{field}: a text in quotes is needed."),
        "no_choice": _("{field}: there is no such choice."),
    }.get(fault.fault, _("{field}: {reason}."))
    return said.format(**{**values, "field": field or _("the policy as a whole")})
