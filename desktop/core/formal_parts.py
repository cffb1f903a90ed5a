"""What a package must hold, and what its request must say. Source: handbook 1.4, 4.1 (I-F1) and 3.1 (A5, A7, A8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from desktop.core.finding import Finding, Place, Weight
from desktop.core.formal_figures import described
from desktop.core.formal_rules import RULES, Case, Rule
from desktop.core.formal_texts import has_figures
from desktop.core.package import (
    ABSTRACT,
    CLAIMS,
    COMMITMENT,
    DESCRIPTION,
    DESIGN_BRIEF,
    DESIGN_VIEWS,
    DRAWINGS,
    EXAMINATION_REQUEST,
    NAMES,
    OTHER_NAMES,
    REQUESTS,
)
from desktop.core.terms import PatentType

REQUEST: Final = "请求书"
_CODE: Final = re.compile(r"\d{6}")
_LAW: Final = MappingProxyType({PatentType.DESIGN: "法27.1"})
#: Required besides the request, with the clause; the commitment is asked for by the centre, whatever the type.
_REQUIRED: Final[Mapping[PatentType, tuple[str, ...]]] = MappingProxyType(
    {
        PatentType.INVENTION: (CLAIMS, DESCRIPTION, ABSTRACT),
        PatentType.UTILITY: (CLAIMS, DESCRIPTION, DRAWINGS, ABSTRACT),
        PatentType.DESIGN: (DESIGN_VIEWS, DESIGN_BRIEF),
    }
)
_DRAWINGS_MISSING: Final = Rule("细则20、43", "A5", "U-8")


def name_of(code: str) -> str:
    return NAMES.get(code) or OTHER_NAMES.get(code) or code


def parts(case: Case) -> Iterator[Finding]:
    """Missing, broken and unknown parts, and the commitment, which only a person can judge."""
    package = case.package
    yield from _missing(case)
    for part in package.parts:
        if not part.ok:
            text = f"文件“{part.file}”未能读取：{part.problem.rstrip('。')}"
            yield case.found("part_broken", part.name or name_of(part.code) or part.file, text, place=Place(part.code))
    for code in (CLAIMS, DESCRIPTION, ABSTRACT):
        if package.readable(code) and not any(unit.strip() for unit in package.text(code)):
            text = f"{name_of(code)}中没有读到文字"
            yield case.found("part_broken", name_of(code), text, place=Place(code))
    for part in package.parts:
        if _CODE.fullmatch(part.code) and not part.known:
            text = f"文件“{part.file}”的文件代码 {part.code} 不在已知之列，其内容未核查"
            yield case.found(
                "unknown_code", part.file, text, weight=Weight.HINT, place=Place(part.code), passage=part.code
            )
    if package.readable(COMMITMENT):
        text = "承诺书已提交，其签名、盖章是否齐全须由人确认"
        yield case.found("commitment", "承诺书", text, weight=Weight.HUMAN, place=Place(COMMITMENT))


def _missing(case: Case) -> Iterator[Finding]:
    package, kind = case.package, case.kind
    article = _LAW.get(kind, "法26.1") if kind else "材料清单"
    law = replace(RULES["part_missing"], article=article)
    if not case.request:
        own = next((name_of(code) for code, its in REQUESTS.items() if its is kind), "专利请求书")
        yield case.found("part_missing", REQUEST, f"申请文件中没有{own}", rule=law)
    for code in _REQUIRED[kind] if kind else ():
        if not package.has(code):
            rule = _DRAWINGS_MISSING if code == DRAWINGS else law
            text = f"{kind}申请文件中没有{name_of(code)}"
            yield case.found("part_missing", name_of(code), text, rule=rule)
    if kind is PatentType.INVENTION and not has_figures(package) and described(package):
        text = "说明书有附图说明，但申请文件中没有说明书附图"
        yield case.found("part_missing", name_of(DRAWINGS), text, rule=_DRAWINGS_MISSING)
    if not package.has(COMMITMENT):
        yield case.found("part_missing", name_of(COMMITMENT), "申请文件中没有承诺书")


def request(case: Case) -> Iterator[Finding]:
    """What the request says and leaves open; nothing is said about one that was not read."""
    package, said = case.package, case.package.biblio
    place = Place(case.request)
    if case.reads_request:
        yield from _incomplete(case, place)
    if case.reads_request and case.kind is PatentType.INVENTION and said.early_publication is not True:
        if said.early_publication is None:
            text, weight = "请求书中未见请求早日公布的勾选", Weight.HINT
        else:
            text, weight = "请求书未请求早日公布", Weight.DEFECT
        yield case.found("early_publication", REQUEST, text, weight=weight, place=place)
    if case.kind is PatentType.INVENTION:
        name = name_of(EXAMINATION_REQUEST)
        if not package.has(EXAMINATION_REQUEST):
            yield case.found("examination_request", name, f"发明申请文件中没有{name}（{EXAMINATION_REQUEST}）")
        elif package.readable(EXAMINATION_REQUEST) and said.waives_amendment is not True:
            if said.waives_amendment is None:
                text, weight = f"{name}中未见放弃主动修改的声明", Weight.HINT
            else:
                text, weight = f"{name}没有声明放弃主动修改", Weight.DEFECT
            yield case.found("amendment_waiver", name, text, weight=weight, place=Place(EXAMINATION_REQUEST))
    if said.same_day:
        text = "请求书声明同日就同样的发明创造另行申请，是否可以预审须由人确认"
        yield case.found("same_day", REQUEST, text, weight=Weight.HUMAN, place=place)


def _incomplete(case: Case, place: Place) -> Iterator[Finding]:
    said = case.package.biblio
    title = "使用外观设计的产品名称" if case.kind is PatentType.DESIGN else "发明创造名称"
    people = {
        title: bool(said.title.strip()),
        "申请人": any(one.strip() for one in said.applicants),
        "设计人" if case.kind is PatentType.DESIGN else "发明人": any(one.strip() for one in said.inventors),
    }
    for name, there in people.items():
        if not there:
            yield case.found("request_incomplete", REQUEST, f"请求书没有写明{name}", place=place)
    if said.agency.strip() and not any(one.strip() for one in said.agents):
        text = f"请求书写明了代理机构“{said.agency.strip()}”，没有写明专利代理师"
        yield case.found("request_incomplete", REQUEST, text, place=place, passage=said.agency)
