"""Texts and numbers of what a centre issues about its parties and agencies: 备案通过, 不通过, 暂停, 取消, 恢复.

Source: handbook 9.1. The texts are the table ``notices`` of the document 主体规则; what a centre's own leaves out stays
as shipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from desktop.core.documents import Problems
from desktop.core.notices import CONTACT, WORD, Notices, document_number, names, parse_notices, spoken_dates
from desktop.core.party_facts import PartyKind
from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus

REGISTERED, REFUSED, SUSPENDED, CANCELLED, RESTORED = "registered", "refused", "suspended", "cancelled", "restored"
KINDS: Final = (REGISTERED, REFUSED, SUSPENDED, CANCELLED, RESTORED)
OF_AGENCY: Final = "agency_"  # before the kind: the text for a 代理机构
STATUS: Final = "status"  # in ``common``: whether the centre has checked what it left as shipped
OPEN_END, VALID_OPEN = "open_end", "valid_open"
DRAFTED: Final = {  # in ``common``: shipped as drafts
    "regulation": "所引规定的名称",
    "agency_regulation": "所引规定的名称",
    "appeal": "申诉途径",
}
COMMON: Final = frozenset({WORD, CONTACT, STATUS, OPEN_END, VALID_OPEN, *DRAFTED})
LETTERS: Final = "BA"  # 备案: the two letters in place of a service's
PERIOD: Final = "period"
# What a text may name in braces: what it is called when it is missing.
LABELS: Final[Mapping[str, str]] = {
    "party": "名称",
    "uscc": "统一社会信用代码",
    "agency_code": "机构代码",
    "code": "备案编号",
    "region": "地区",
    "registered_on": "备案（登记）日期",
    "valid_to": "有效期至",
    "on": "日期",
    "measure": "处理措施",
    "measure_on": "原处理日期",
    "rule": "规则内容",
    "basis": "依据",
    "reason": "理由",
    "since": "起始日",
    "until": "截止日",
    PERIOD: "期限（起止日）",
    "term": "期限",
    "cases": "涉及案件",
    "restored_on": "恢复日期",
    "regulation": "所依据的规定名称",
    "agency_regulation": "所依据的规定名称",
    "appeal": "申诉途径",
    WORD: "机关代字",
    CONTACT: "联系人及电话",
}


def template_of(party_kind: str, kind: str) -> str:
    """Id of the text for a party or an agency."""
    return f"{OF_AGENCY}{kind}" if party_kind == PartyKind.AGENCY else kind


TEMPLATES: Final = frozenset(template_of(party, kind) for party in PartyKind for kind in KINDS)


def read_party_notices(table: Mapping[str, Any], version: str, problems: Problems) -> Notices:
    """The table ``notices`` of a document of rules, empty when it has none. Faults go to ``problems``."""
    try:
        found = parse_notices(table, version)
    except Refusal as refusal:
        listed = refusal.data.get("problems")
        for sentence in listed if isinstance(listed, list) else [refusal.reason]:
            problems.add("", f"notices.{sentence}")
        return Notices({}, {}, version)
    known = LABELS.keys() | COMMON | found.common.keys()
    for template in found.templates.values():
        place = f"notices.{template.id}"
        if template.id not in TEMPLATES:
            problems.add(place, f"没有这种文书，疑为笔误；可用：{'、'.join(sorted(TEMPLATES))}")
        if template.signatures:
            problems.add(place, "发给主体的文书没有签署栏（signatures）")
        for key in sorted((names(template.title) | names(template.text)) - known):
            problems.add(place, f"名称 {{{key}}} 不认识")
    status = found.common.get(STATUS, CheckStatus.UNCHECKED.value)
    if status not in tuple(CheckStatus):
        problems.add(f"notices.common.{STATUS}", f"“{status}”不认识，应为：{'、'.join(CheckStatus)}")
    return found


def lay(shipped: Notices, own: Notices) -> Notices:
    """The centre's own texts over the shipped ones, each by its name."""
    return Notices({**shipped.templates, **own.templates}, {**shipped.common, **own.common}, own.version)


def period_of(since: str, until: str) -> str:
    """自2026年6月1日起至2026年11月30日止; empty while one of both days (ISO) is not known."""
    return f"自{spoken_dates(since)}起至{spoken_dates(until)}止" if since and until else ""


def term_of(since: str, until: str, open_end: str) -> str:
    """As :func:`period_of`, and for one without an end the centre's words for it. Empty without a first day."""
    if not since or until:
        return period_of(since, until)
    return f"自{spoken_dates(since)}起，{open_end}" if open_end else ""


def party_number(word: str, prefix: str, year: int, id_: str, nth: int = 1) -> str:
    """文号 济知保备〔2026〕48392017552612号, of the ``nth`` document under one id 之一, 之二.

    The figure is the id that the entry itself carries, its last 12 hexadecimal digits read as a number of at most 15
    digits: of a registration that of the party, of a refusal or a measure its own; what ends a measure goes under the
    measure's. Those ids were drawn at random where they were made (48 bits), so nothing has to be handed out and
    stations that never met do not give one twice; and because the id stands inside the entry, the number stays when a
    store records its entries again under another name. Without a 机关代字 it begins with the centre's prefix for case
    numbers, BA in place of the service's letters.
    """
    own = word or prefix.removesuffix("YS") + LETTERS
    try:
        serial = str(int(id_[-12:], 16))
    except ValueError:  # some other program's
        serial = id_
    return document_number(own, f"{LETTERS}-{year}-{serial}", nth)
