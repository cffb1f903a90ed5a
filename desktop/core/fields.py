"""产业领域: the fields of a centre, their class lists, and how a case's classes meet them.

A list is *complete* only when the centre's whole approved class table has been entered; only then may a miss
speak against a case. The lists that ship are partial, so they group and suggest, and never refuse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.core.class_rules import ClassRule, class_key, parse_rules
from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus, FieldGrade, PatentType

PARTIAL, COMPLETE = "partial", "complete"


@dataclass(frozen=True)
class Field:
    """One field. ``status`` speaks of the name, ``list_status`` of the class lists; ``completeness`` is
    ``partial`` or ``complete``. ``ipc`` and ``locarno`` are rules as in :mod:`desktop.core.class_rules`."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    ipc: tuple[str, ...] = ()
    locarno: tuple[str, ...] = ()
    completeness: str = PARTIAL
    status: CheckStatus = CheckStatus.UNCHECKED
    list_status: CheckStatus = CheckStatus.UNCHECKED
    basis: str = ""
    checked_on: str = ""
    extension: bool = False
    active: bool = True
    note: str = ""


@dataclass(frozen=True)
class FieldMatch:
    """``field`` is the label, empty for none; ``rule`` the rule that decided; ``others`` the labels of
    further fields that a class of the case hits; ``reason`` one sentence."""

    field: str
    grade: FieldGrade
    rule: str
    others: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class _Hit:
    width: tuple[bool, int]
    field: Field
    rule: str
    symbol: str


class _Lists:
    """The rules of many fields for one classification, indexed by their beginnings. Immutable."""

    def __init__(self, fields: Sequence[Field], locarno: bool) -> None:
        self.locarno = locarno
        self.ruled: set[str] = set()  # ids of the fields that have a list here
        self._index: defaultdict[str, list[tuple[int, Field, ClassRule]]] = defaultdict(list)
        for position, field in enumerate(fields):
            for text in field.locarno if locarno else field.ipc:
                try:
                    rules = parse_rules(text, locarno)
                except Refusal as refusal:
                    reason = f"领域“{field.label}”：{refusal.reason}"
                    raise Refusal(refusal.code, reason, {**refusal.data, "field": field.id}) from None
                for rule in rules:
                    self.ruled.add(field.id)
                    self._index[rule.pattern.key].append((position, field, rule))
        self._lengths = sorted({len(key) for key in self._index})

    def hits(self, symbol: str, key: str) -> list[_Hit]:
        """The fields that the class hits, the most specific first, then in listed order."""
        best: dict[int, tuple[tuple[bool, int], bool, Field, ClassRule]] = {}
        for length in self._lengths:
            for position, field, rule in self._index.get(key[:length], ()):
                if not rule.covers(key):
                    continue
                width = rule.pattern.width
                known = best.get(position)
                # of equal rules the exception counts
                if known is None or (width, not rule.include) > (known[0], not known[1]):
                    best[position] = (width, rule.include, field, rule)
        found = [
            (position, _Hit(width, field, rule.text, symbol))
            for position, (width, include, field, rule) in best.items()
            if include
        ]
        found.sort(key=lambda item: (not item[1].width[0], -item[1].width[1], item[0]))
        return [hit for _, hit in found]


class FieldTable:
    """The fields of a centre. Matching looks at active fields only; the first class is the main class."""

    def __init__(self, fields: Iterable[Field], version: str = "0") -> None:
        self.fields = tuple(fields)
        self.version = version
        names: dict[str, str] = {}
        for field in self.fields:
            for name in {field.id, field.label, *field.aliases}:
                if name in names:
                    raise Refusal("fields_invalid", f"领域表：“{name}”重复", {"field": field.id})
                names[name] = field.id
        self.active = tuple(field for field in self.fields if field.active)
        self.labels = tuple(field.label for field in self.active)
        self._by_name = {name: f for f in self.fields for name in (f.label, f.id, *f.aliases)}
        # Rules of inactive fields are read too, so that a bad list is refused when it is loaded.
        for locarno in (False, True):
            _Lists(self.fields, locarno)
        self._ipc, self._locarno = _Lists(self.active, False), _Lists(self.active, True)

    @classmethod
    def from_document(cls, document: Mapping[str, object], version: str = "0") -> FieldTable:
        """From ``{"field": [{id, label, …}, …]}``, keys as the attributes of :class:`Field`. Refuses with the
        place; ``active`` is by default what ``extension`` is not."""
        entries = document.get("field")
        if not isinstance(entries, list) or not entries:
            raise Refusal("fields_invalid", "领域表：缺少领域列表 field")
        return cls((_field(entry, number) for number, entry in enumerate(entries, 1)), version)

    def find(self, name: str) -> Field | None:
        """The field of that label, alias or id."""
        return self._by_name.get(name.strip())

    def match(self, patent_type: PatentType, classes: Sequence[str]) -> FieldMatch:
        """The field of a case. A miss of the main class is 完整未命中 only if every active list is complete;
        while lists are partial, a further class may still name the field, as 部分命中."""
        lists = self._lists(patent_type)
        keys, fault = _keys(classes, lists.locarno)
        if not lists.ruled:
            fault = "没有已启用的领域分类表，无法判断领域"
        if fault:
            return FieldMatch("", FieldGrade.UNKNOWN, "", (), fault)
        main, *further = ((symbol, lists.hits(symbol, key)) for symbol, key in keys)
        extra = [hit for _, hits in further for hit in hits]
        labels = tuple(dict.fromkeys(hit.field.label for hit in (*main[1], *extra)))
        if main[1]:
            hit = main[1][0]
            complete = hit.field.completeness == COMPLETE
            tail = "" if complete else "（分类表尚不完整，仅供参考）"
            return FieldMatch(
                hit.field.label,
                FieldGrade.FULL_HIT if complete else FieldGrade.PARTIAL_HIT,
                hit.rule,
                labels[1:],
                f"主分类号 {hit.symbol} 命中领域“{hit.field.label}”的规则 {hit.rule}{tail}",
            )
        if all(field.completeness == COMPLETE and field.id in lists.ruled for field in self.active):
            reason = f"主分类号 {main[0]} 不在任何领域的完整分类表内"
            return FieldMatch("", FieldGrade.FULL_MISS, "", labels, reason)
        if extra:
            hit = extra[0]
            reason = (
                f"主分类号 {main[0]} 未命中，附加分类号 {hit.symbol} "
                f"命中领域“{hit.field.label}”的规则 {hit.rule}，请人工确认"
            )
            return FieldMatch(hit.field.label, FieldGrade.PARTIAL_HIT, hit.rule, labels[1:], reason)
        reason = f"主分类号 {main[0]} 未命中现有分类表，但分类表尚不完整，不能据此认为不在服务范围"
        return FieldMatch("", FieldGrade.PARTIAL_MISS, "", (), reason)

    def grade(self, label: str, patent_type: PatentType, classes: Sequence[str]) -> FieldGrade:
        """How the classes meet the list of one active field; 未知 when there is no such list."""
        lists = self._lists(patent_type)
        keys, fault = _keys(classes, lists.locarno)
        field = self.find(label)
        if fault or field is None or field.id not in lists.ruled:
            return FieldGrade.UNKNOWN
        hit = [any(found.field.id == field.id for found in lists.hits(*pair)) for pair in keys]
        if field.completeness == COMPLETE:
            return FieldGrade.FULL_HIT if hit[0] else FieldGrade.FULL_MISS
        return FieldGrade.PARTIAL_HIT if any(hit) else FieldGrade.PARTIAL_MISS

    def _lists(self, patent_type: PatentType) -> _Lists:
        return self._locarno if patent_type is PatentType.DESIGN else self._ipc


def _keys(classes: Sequence[str], locarno: bool) -> tuple[list[tuple[str, str]], str]:
    """(normal form, key) of each readable class, the main class first, or why the main class is unusable."""
    keys: dict[str, str] = {}
    for position, text in enumerate(classes):
        try:
            key = class_key(text, locarno)
        except Refusal as refusal:
            if position == 0:
                return [], f"主分类号无法识别，不能判断领域：{refusal.reason}"
            continue
        keys.setdefault(_shown(key, locarno), key)
    return list(keys.items()), "" if keys else "没有分类号，无法判断领域"


def _shown(key: str, locarno: bool) -> str:
    """The normal form that a key stands for."""
    return key if locarno else f"{key[:4]} {int(key[4:8])}{key[8:]}"


_TEXTS = ("id", "label", "completeness", "basis", "checked_on", "note")
_LISTS = ("aliases", "ipc", "locarno")
_STATES = ("status", "list_status")
_FLAGS = ("extension", "active")


def _field(entry: object, number: int) -> Field:
    place = f"领域表第 {number} 项"

    def bad(sentence: str) -> Refusal:
        return Refusal("fields_invalid", f"{place}{sentence}", {"item": number})

    if not isinstance(entry, Mapping):
        raise bad("应为一组项目")
    if entry.get("label"):
        place += f"（{entry['label']}）"
    for key, value in entry.items():
        if key in _LISTS:
            right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        elif key in _FLAGS:
            right = isinstance(value, bool)
        elif key in _TEXTS or key in _STATES:
            right = isinstance(value, str)
        else:
            raise bad(f"有不认识的项目“{key}”")
        if not right:
            raise bad(f"的 {key} 写法不对：{value!r}")
    for key in ("id", "label"):
        if not entry.get(key, "").strip():
            raise bad(f"缺少 {key}")
    if entry.get("completeness", PARTIAL) not in (PARTIAL, COMPLETE):
        raise bad("的 completeness 只能是 partial 或 complete")
    values = dict(entry)
    for key in _STATES:
        if key in entry:
            if entry[key] not in set(CheckStatus):
                raise bad(f"的 {key} 只能是“已核对”或“待核对”")
            values[key] = CheckStatus(entry[key])
    for key in _LISTS:
        values[key] = tuple(entry.get(key, ()))
    values.setdefault("active", not entry.get("extension", False))
    return Field(**values)
