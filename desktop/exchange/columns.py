"""The dictionary of column names: standard fields, their labels, and the names that real sheets use."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from desktop.core.refusal import Refusal

DICTIONARY = Path(__file__).resolve().parents[2] / "resources" / "intake.toml"


@dataclass(frozen=True)
class IntakeField:
    """One standard field. ``aliases`` are other column titles for it, as written in the dictionary."""

    name: str
    label: str
    required: bool
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class ColumnDictionary:
    """``names``: normalised title -> field. ``serial``: titles of running numbers. ``apart``: normalised title ->
    (field it must not be taken for, why). ``ignored``: every title that is known and not taken in."""

    fields: Mapping[str, IntakeField]
    names: Mapping[str, str]
    ignored: frozenset[str]
    serial: frozenset[str]
    apart: Mapping[str, tuple[str, str]]

    def label(self, field: str) -> str:
        return self.fields[field].label


def normal_title(text: object) -> str:
    """A column title as it is compared: half-width, lower case, without blanks, asterisks and end colons."""
    plain = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"[\s*\u200b\ufeff]+", "", plain).rstrip(":").lower()


@cache
def load_columns(path: Path = DICTIONARY) -> ColumnDictionary:
    """Read a dictionary file. Raises Refusal("bad_dictionary") with a sentence when it contradicts itself."""
    document = tomllib.loads(path.read_text("utf-8"))
    fields: dict[str, IntakeField] = {}
    names: dict[str, str] = {}
    ignored: dict[str, bool] = {}
    apart: dict[str, tuple[str, str]] = {}
    for entry in document["field"]:
        field = IntakeField(
            entry["name"], entry["label"], bool(entry.get("required", False)), tuple(entry.get("aliases", ()))
        )
        fields[field.name] = field
        for title in (field.label, *field.aliases):
            if names.setdefault(normal_title(title), field.name) != field.name:
                raise Refusal("bad_dictionary", f"列名词典里“{title}”同时属于两个字段。", {"title": title})
    for entry in document.get("ignored", ()):
        for title in map(normal_title, entry["titles"]):
            if title in names:
                raise Refusal("bad_dictionary", f"列名词典里“{title}”既要收入又要忽略。", {"title": title})
            ignored[title] = bool(entry.get("serial", False))
            if "apart" in entry:
                apart[title] = (entry["apart"], entry["reason"])
    serial = frozenset(title for title, running in ignored.items() if running)
    return ColumnDictionary(fields, names, frozenset(ignored), serial, apart)
