"""A centre's own documents: services and their limits, checklists, notice texts and opinion phrases; fields, industry
chains, calendar years, rules about parties; staff, trusted certificates, the centre itself.

Each is numbered when it is published and carries 依据, 核对日期 and 核对状态. They lie on top of what ships; number 0
means "as shipped".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop.core.cells import UNWRITABLE
from desktop.core.checklists import parse_checklists
from desktop.core.documents import Problems, Table
from desktop.core.fields import FieldTable
from desktop.core.limits import Limit, parse_limits
from desktop.core.notices import parse_notices
from desktop.core.party_rules import parse_party_rules
from desktop.core.phrases import parse_phrases
from desktop.core.procedure_reading import parse_procedure
from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus, Role
from desktop.core.workdays import YearTable, parse_year

PUBLISHED = "configuration.published"
STREAM = "configuration"
HEADER = "document"
PREEXAM = "preexam"  # the procedure that a document is for if it does not say


class Kind(StrEnum):
    """What a document is about; the value is the word in its header."""

    SERVICE = "service"
    LIMITS = "limits"
    FIELDS = "fields"
    CHAINS = "chains"
    CALENDAR = "calendar"
    CHECKLISTS = "checklists"
    NOTICES = "notices"
    PHRASES = "phrases"
    PARTY_RULES = "parties"
    STAFF = "staff"
    TRUST = "trust"
    CENTRE = "centre"


LABELS = {
    Kind.SERVICE: "业务办理程序",
    Kind.LIMITS: "期限",
    Kind.FIELDS: "产业领域",
    Kind.CHAINS: "产业链",
    Kind.CALENDAR: "工作日历",
    Kind.CHECKLISTS: "检查表",
    Kind.NOTICES: "文书正文",
    Kind.PHRASES: "意见短语",
    Kind.PARTY_RULES: "主体规则",
    Kind.STAFF: "人员名单",
    Kind.TRUST: "信任的时间戳证书",
    Kind.CENTRE: "本中心",
}
# Facts about the centre itself, and how it words what it says, need no outside authority.
_OWN = frozenset({Kind.PHRASES, Kind.STAFF, Kind.TRUST, Kind.CENTRE})
# Written for one procedure; a limit of the same name in another procedure is another limit.
OF_PROCEDURE = frozenset({Kind.SERVICE, Kind.LIMITS, Kind.CHECKLISTS, Kind.NOTICES, Kind.PHRASES})
# Chosen by a case's received date; the others hold from the moment they are published.
DATED = (Kind.SERVICE, Kind.LIMITS, Kind.FIELDS, Kind.CHECKLISTS, Kind.NOTICES)


@dataclass(frozen=True)
class Document:
    """A checked document. ``body`` is everything but the header, in plain JSON values; ``procedure`` the one it is
    for, empty for those that serve all."""

    kind: Kind
    basis: str
    checked_on: str
    status: CheckStatus
    valid_from: str
    body: Mapping[str, Any]
    procedure: str = ""


@dataclass(frozen=True)
class Published:
    """A document with its number and who published it on which day; ``hash`` is that of the publishing event."""

    number: int
    document: Document
    published_on: str = ""
    actor: str = ""
    hash: str = ""

    @property
    def version(self) -> str:
        """What a case remembers of it: two stations may have given one number without knowing of each other."""
        return f"{self.number}@{self.hash[:8]}" if self.hash else str(self.number)

    def is_version(self, version: str) -> bool:
        """Whether ``version`` names this document; one without a hash names it by its number alone."""
        return version in (self.version, str(self.number))


@dataclass(frozen=True)
class Chain:
    """An industry chain (产业链) as the centre's list has it; ``group`` is what the list calls its kind."""

    name: str
    group: str


@dataclass(frozen=True)
class CentreFacts:
    """``prefix`` begins the centre's own case numbers."""

    name: str
    prefix: str


def read_document(data: Mapping[str, Any]) -> Document:
    """Check header and body. Raises :class:`Refusal` whose ``data["problems"]`` lists what is wrong and where."""
    problems = Problems("中心")
    top = Table(data, "", problems)
    header = top.table(HEADER)
    kind = header.choice("kind", Kind)
    own = kind in _OWN
    document = Document(
        kind=kind,
        basis=header.text("basis", "") if own else header.text("basis"),
        checked_on=header.day("checked_on", "") if own else header.day("checked_on"),
        status=header.choice("status", CheckStatus, CheckStatus.CHECKED.value if own else CheckStatus.UNCHECKED.value),
        valid_from=header.day("valid_from", ""),
        body=plain({key: value for key, value in data.items() if key != HEADER}),
        procedure=header.text("procedure", "") or _procedure_of(kind, data),
    )
    if document.procedure and kind not in OF_PROCEDURE:
        problems.add("document.procedure", f"{LABELS[kind]}不分办理程序")
    if kind is Kind.SERVICE and document.procedure != data.get("id"):
        problems.add("document.procedure", "应与业务的 id 相同")
    if not own and not document.basis:
        problems.add("document.basis", "请写明依据")
    if document.valid_from and kind not in DATED:
        problems.add("document.valid_from", f"{LABELS[kind]}发布即生效，不设生效日")
    header.no_others()
    for place in _unwritable(data):
        problems.add(place, "含有不能保存的控制字符")
    problems.raise_if_any()
    _READERS[kind](document.body)
    return document


def _procedure_of(kind: Kind, data: Mapping[str, Any]) -> str:
    """The procedure that a document is for when its header does not say so."""
    if kind is Kind.SERVICE:
        return str(data.get("id", ""))
    return PREEXAM if kind in OF_PROCEDURE else ""


def _unwritable(value: Any, place: str = "") -> Iterator[str]:
    """Where a document holds what no paper and no workbook can: such a word is the slip of some program."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unwritable(str(key), place)
            yield from _unwritable(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value, 1):
            yield from _unwritable(item, f"{place}[{number}]")
    elif isinstance(value, str) and UNWRITABLE.search(value):
        yield UNWRITABLE.sub("", place)


def plain(value: Any) -> Any:
    """JSON values only: dates become ISO text, so that a document looks the same in file and journal."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, str | int | bool) or value is None:
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise Refusal("bad_document", f"文件中有不支持的数值：{value!r}")


def read_limits(body: Mapping[str, Any], source: str = "0") -> tuple[dict[str, Limit], int | None]:
    """A centre's limits and, if it sets one, its own number of opinion rounds."""
    problems = Problems("期限")
    top = Table(body, "", problems)
    limits = parse_limits(top.table("limits", optional=True), source)
    rounds = top.integer("max_rounds") if "max_rounds" in top.keys() else None
    if rounds is not None and not 1 <= rounds <= 9:
        problems.add("max_rounds", "意见次数上限应为 1 至 9")
    if not limits and rounds is None:
        problems.add("limits", "没有任何期限")
    top.no_others()
    problems.raise_if_any()
    return limits, rounds


def read_years(body: Mapping[str, Any]) -> tuple[YearTable, ...]:
    """The calendar years of a document."""
    years = body.get("years")
    if not isinstance(years, list) or not years or set(body) != {"years"}:
        raise Refusal("bad_document", "工作日历文件应有且只有 years 列表，每年一项")
    return tuple(parse_year(year) for year in years)


def read_service(body: Mapping[str, Any]) -> None:
    """A whole service with its checklists and texts: is each part sound? Whether they fit, ``fit`` says."""
    parse_procedure(body)
    parse_checklists({"lists": body.get("lists", ())})
    parse_notices(body.get("notices", {}))


def read_chains(body: Mapping[str, Any]) -> tuple[Chain, ...]:
    """The industry chains of a document, each name once."""
    problems = Problems("产业链")
    top = Table(body, "", problems)
    chains: dict[str, Chain] = {}
    for row in top.tables("chains"):
        chain = Chain(row.text("name").strip(), row.text("group", "").strip())
        row.no_others()
        if not chain.name or chain.name in chains:
            problems.add(row.place, f"“{chain.name}”重复" if chain.name else "名称为空")
        chains[chain.name] = chain
    top.no_others()
    problems.raise_if_any()
    return tuple(chains.values())


def read_trust(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The certificates (PEM) of the services whose time-stamps the centre trusts."""
    problems = Problems("信任的时间戳证书")
    top = Table(body, "", problems)
    found = top.texts("certificates")
    for number, text in enumerate(found, 1):
        if "-----BEGIN CERTIFICATE-----" not in text:
            problems.add(f"certificates[{number}]", "不是 PEM 格式的证书")
    top.no_others()
    problems.raise_if_any()
    return found


def read_staff(body: Mapping[str, Any]) -> dict[str, frozenset[Role]]:
    """Names and roles. A list without an administrator would lock everybody out, so it is refused."""
    problems = Problems("人员名单")
    top = Table(body, "", problems)
    staff: dict[str, frozenset[Role]] = {}
    for row in top.tables("staff"):
        name = row.text("name").strip()
        if not name:
            problems.add(row.place, "姓名为空")
        if name in staff:
            problems.add(row.place, f"“{name}”重复")
        staff[name] = frozenset(row.choices("roles", Role))
        row.no_others()
    top.no_others()
    if not any(Role.ADMIN in roles for roles in staff.values()):
        problems.add("staff", "至少要有一名管理员")
    problems.raise_if_any()
    return staff


def read_centre(body: Mapping[str, Any]) -> CentreFacts:
    """The centre's name and the prefix of its case numbers."""
    problems = Problems("本中心")
    top = Table(body, "", problems)
    name, prefix = top.text("name").strip(), top.text("prefix", "")
    top.no_others()
    if not name:
        problems.add("name", "中心名称为空")
    if prefix and not (prefix.isascii() and prefix.isalnum() and len(prefix) <= 8):
        problems.add("prefix", "案号前缀应为不超过 8 位的字母或数字")
    problems.raise_if_any()
    return CentreFacts(name, prefix.upper())


_READERS: dict[Kind, Any] = {
    Kind.SERVICE: read_service,
    Kind.CHAINS: read_chains,
    Kind.LIMITS: read_limits,
    Kind.FIELDS: FieldTable.from_document,
    Kind.CALENDAR: read_years,
    Kind.CHECKLISTS: parse_checklists,
    Kind.NOTICES: parse_notices,
    Kind.PHRASES: parse_phrases,
    Kind.PARTY_RULES: parse_party_rules,
    Kind.STAFF: read_staff,
    Kind.TRUST: read_trust,
    Kind.CENTRE: read_centre,
}
