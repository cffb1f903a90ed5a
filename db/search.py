"""Substring search that works for one Chinese character and for a piece of a number.

Every two neighbouring characters of a searched column are one token of the full-text index, the last character is
one with a terminator. A needle of one or two characters is then exactly one token; a longer one asks for all its
pairs, and the few candidates are compared with the text itself (the "haystack").
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

SEARCHED: Final = (
    "number", "platform_number", "application_number", "title", "party", "agency", "main_class", "uscc",
)  # fmt: skip

_BETWEEN: Final = "\x1f"  # between two columns of a haystack; no workbook can hold it
_END: Final = "\U0010ffff"  # pairs with the last character of a column; not a character
_BLANK: Final = re.compile("(?!\x1f)[\\s\x00-\x1e\x7f-\x9f\xad\u200b-\u200f\u2060\ufeff\U0010ffff]+")


def normalised(text: str) -> str:
    """The text as it is searched: full width folded (NFKC), lower case, no blanks, nothing invisible."""
    return _folded(text).replace(_BETWEEN, "")


def _folded(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _BLANK.sub("", text.lower())


def haystack(row: Mapping[str, Any]) -> str:
    """The searched columns of a case as one text; an application number also without its dot."""
    application_number = row["application_number"]
    parts = [row[column] or "" for column in SEARCHED]
    parts.append(application_number.replace(".", "") if "." in application_number else "")
    return _folded(_BETWEEN.join(filter(None, parts)))


def pairs(haystack: str) -> str:
    """The tokens of a haystack, separated by blanks."""
    text = haystack.replace(_BETWEEN, _END + _BETWEEN) + _END
    return " ".join(map(operator.add, text, text[1:]))  # the tokenizer cuts what holds the separator


def match_expression(needle: str) -> str:
    """What the index is asked for a normalised needle; exact for up to two characters."""
    if len(needle) == 1:
        return f"{_quoted(needle)}*"
    return " AND ".join(map(_quoted, dict.fromkeys(map(operator.add, needle, needle[1:]))))


def _quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'
