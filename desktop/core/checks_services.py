"""Named checks of the five services beside pre-examination, which data alone cannot say.

Source: handbook 5.1, 5.2 and 5.4 (priority), 7.1 to 7.4; 局令第76号 arts 3, 4, 8, 11 to 13; 细则 2023 arts 63, 85, 86.
Categories are told apart by their labels, which is what the facts of a case hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from desktop.core import clocks
from desktop.core.identifiers import KIND_DIGITS
from desktop.core.procedure import CATEGORY
from desktop.core.refusal import Refusal
from desktop.core.terms import PatentType

if TYPE_CHECKING:  # the checks of pre-examination list these beside their own
    from desktop.core.checks import Look

YES: Final = "是"
INVENTION, UTILITY, DESIGN = "发明申请", "实用新型申请", "外观设计申请"
REVIEW, INVALIDATION, DESIGN_INVALIDATION = "复审", "发明或实用新型无效", "外观设计无效"
OPEN_LIST = "专利公开实施清单"
_APPLICATIONS = frozenset({INVENTION, UTILITY, DESIGN})
_INVALIDATIONS = frozenset({INVALIDATION, DESIGN_INVALIDATION})
_TYPES: Final[Mapping[str, frozenset[PatentType]]] = {
    INVENTION: frozenset({PatentType.INVENTION}),
    UTILITY: frozenset({PatentType.UTILITY}),
    DESIGN: frozenset({PatentType.DESIGN}),
    INVALIDATION: frozenset({PatentType.INVENTION, PatentType.UTILITY}),
    DESIGN_INVALIDATION: frozenset({PatentType.DESIGN}),
}
ABROAD = "3-5"  # first filed in China and then abroad
_RESULTS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(_APPLICATIONS, frozenset({"授权", "驳回", "视为撤回", "申请撤回"})),
    REVIEW: frozenset({"维持驳回", "撤销驳回", "复审终结"}),
    **dict.fromkeys(_INVALIDATIONS, frozenset({"全部无效", "部分无效", "维持有效", "无效终结"})),
}
_LATE_REPLIES = frozenset({"12-2"})
_OFFICERS = re.compile(r"[、，,；;\s]+")
_FEWEST_OFFICERS = 3


def _told(look: Look, name: str, fact: str = "") -> str:
    """The answer given now, else what the case says."""
    return look.values.get(name) or look.case.facts.get(fact or name, "")


def _category(look: Look) -> str:
    return look.values.get(CATEGORY) or look.case.facts.get(CATEGORY, "")


def _not_before(look: Look, name: str, word: str, earlier: str, earlier_word: str) -> None:
    """Refuses a date that lies before another one of the case."""
    day, other = look.day(name), look.case.facts.get(earlier, "")
    if day and other and day.isoformat() < other:
        raise Refusal("bad_input", f"{word} {day} 早于{earlier_word} {other}", {"input": name})


def future_day(look: Look) -> None:
    """A date that is agreed for later lies after the business date."""
    day = look.day("next_day")
    if day and day <= look.on:
        raise Refusal("bad_input", f"约定的日期 {day} 应晚于发生日期 {look.on}", {"input": "next_day"})


# ---------------------------------------------------------------- priority examination


def priority_kind(look: Look) -> None:
    """The application number's kind digit, and the patent type, agree with the category."""
    allowed = _TYPES.get(_category(look), frozenset(PatentType))
    number = _told(look, "application_number")
    kind = KIND_DIGITS.get(number[4] if len(number) > 12 else number[2:3]) if number else None
    if kind is not None and kind not in allowed:
        raise Refusal(
            "kind_mismatch", f"申请号 {number} 是{kind}，与“{_category(look)}”不符", {"input": "application_number"}
        )
    told = _told(look, "patent_type")
    if told and told not in allowed:
        raise Refusal("kind_mismatch", f"专利类型“{told}”与“{_category(look)}”不符", {"input": "patent_type"})


def priority_reason(look: Look) -> None:
    """局令第76号: the reasons of art. 3 are for applications and 复审, those of art. 4 for 无效; reason 3(5) names
    the way abroad (form item ③)."""
    reason = look.values.get("reason_code", "")
    invalidation = _category(look) in _INVALIDATIONS
    if reason and reason.startswith("4-") != invalidation:
        article = "第四条（无效）" if invalidation else "第三条（申请、复审）"
        raise Refusal("wrong_reason_group", f"“{_category(look)}”的理由应在{article}中选择", {"input": "reason_code"})
    route = _told(look, "route")
    if reason == ABROAD and not route:
        raise Refusal("missing_input", "理由为第三条第（五）项的，请填写向外国申请的途径", {"input": "route"})
    if reason != ABROAD and look.values.get("route"):
        raise Refusal("bad_input", "向外国申请的途径只在理由为第三条第（五）项时填写", {"input": "route"})
    if reason == ABROAD and route == "PCT" and not _told(look, "international_number"):
        raise Refusal("missing_input", "途径为 PCT 的，请填写国际申请号", {"input": "international_number"})


def priority_same_day(look: Look) -> None:
    """For a pair filed on one day the invention is generally not prioritised (handbook 5.1): a warning."""
    same, number = look.values.get("same_day") == YES, look.values.get("same_day_number", "")
    if same and not number:
        raise Refusal("missing_input", "存在同日申请的，请填写同日申请号", {"input": "same_day_number"})
    if number and not same:
        raise Refusal("bad_input", "填写了同日申请号，而“是否存在同日申请”为否", {"input": "same_day"})
    if same and _category(look) == INVENTION:
        look.warnings.append("存在同日申请的发明，一般不予优先审查")


def priority_material(look: Look) -> None:
    """Art. 8: applications come with prior-art (or prior-design) material, all requests with proof."""
    if _category(look) in _APPLICATIONS and _count(look, "prior_art_copies") < 1:
        raise Refusal(
            "material_missing",
            "申请类的优先审查请求须附现有技术或现有设计信息材料，请先补正并登记份数",
            {"input": "prior_art_copies"},
        )
    if _count(look, "proof_copies") < 1:
        look.warnings.append("没有登记证明文件，请核对理由是否有证据")
    _free_of_recommendation(look)


def priority_recommendation(look: Look) -> None:
    """Art. 8 asks for no recommendation where the reason is 3(5): a warning to whoever signs one."""
    _free_of_recommendation(look)


def _free_of_recommendation(look: Look) -> None:
    if _told(look, "reason_code", "priority_reason") == ABROAD:
        look.warnings.append("理由为第三条第（五）项，请求书可不带推荐意见（待核对），请求人可直接向国家局提出")


def _count(look: Look, name: str) -> int:
    told = _told(look, name)
    return int(told) if told.isdecimal() else 0


def priority_agreed(look: Look) -> None:
    """The consent, from which every limit runs, cannot precede the dispatch to the office."""
    _not_before(look, "agreed_on", "同意日", "sent_on", "报送日")


def priority_dispatch(look: Look) -> None:
    """Notices of the fast channel come after the consent."""
    _not_before(look, "dispatched_on", "发文日", "agreed_on", "同意日")


def priority_reply(look: Look) -> None:
    """A late reply is a ground to stop (arts 12, 13): it is noted, the office decides."""
    _not_before(look, "replied_on", "答复日", "dispatched_on", "发文日")
    replied = look.day("replied_on")
    for clock in look.case.live_clocks():
        if clock.id in ("reply", "reply_days") and clock.state == clocks.RUNNING and replied:
            due, provisional = clocks.due_of(clock, look.calendar)
            if replied > due:
                mark = "（暂定）" if provisional else ""
                look.warnings.append(f"答复晚于期限 {due}{mark}，可能停止优先审查")


def priority_result(look: Look) -> None:
    """An application, a 复审 and a 无效 end each in their own ways; a grant has its date."""
    result, category = look.values.get("result", ""), _category(look)
    if result not in _RESULTS.get(category, {result}):
        allowed = "、".join(sorted(_RESULTS[category]))
        raise Refusal("wrong_result", f"“{category}”的结案结果应为：{allowed}", {"input": "result"})
    if result != "授权" and look.values.get("granted_on"):
        raise Refusal("bad_input", "结案结果不是授权，不应填写授权公告日", {"input": "granted_on"})
    _not_before(look, "closed_on", "结案日", "agreed_on", "同意日")


def priority_stop(look: Look) -> None:
    """Art. 12 stops applications, art. 13 复审 and 无效; "late reply" needs a reply that was due."""
    reason = look.values.get("stop_reason", "")
    application = _category(look) in _APPLICATIONS
    if reason and reason.startswith("12-") != application:
        article = "第十二条" if application else "第十三条"
        raise Refusal(
            "wrong_reason_group", f"“{_category(look)}”的停止原因应在{article}中选择", {"input": "stop_reason"}
        )
    _not_before(look, "stopped_on", "停止日", "agreed_on", "同意日")
    if reason in _LATE_REPLIES:
        running = [c for c in look.case.live_clocks() if c.id in ("reply", "reply_days")]
        if not any(clocks.due_of(clock, look.calendar)[0] < look.on for clock in running):
            look.warnings.append("本站点没有已届满的答复期限，请核对“逾期答复”")


# ---------------------------------------------------------------- rapid enforcement


def enforcement_officers(look: Look) -> None:
    """Three or more, an odd number, the one in charge among them (handbook 7.1)."""
    names = [name for name in _OFFICERS.split(look.values.get("officers", "")) if name]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise Refusal("officers", f"承办人员重复：{'、'.join(doubles)}", {"input": "officers"})
    if len(names) < _FEWEST_OFFICERS or len(names) % 2 == 0:
        raise Refusal(
            "officers",
            f"行政裁决须由三人以上单数的承办人员办理，现为 {len(names)} 人",
            {"input": "officers", "count": len(names)},
        )
    responsible = _told(look, "examiner")
    if responsible and responsible not in names:
        raise Refusal("officers", f"承办人“{responsible}”不在全体承办人员之中", {"input": "officers"})
    look.values["officers"] = "、".join(names)


def enforcement_served(look: Look) -> None:
    """The copy is served after the case was filed."""
    served, filed = look.day("served_on"), look.case.reached.get("FILED", "")
    if served and served.isoformat() < filed:
        raise Refusal("bad_input", f"送达日 {served} 早于立案日 {filed}", {"input": "served_on"})


def enforcement_ruling_served(look: Look) -> None:
    _not_before(look, "ruling_served_on", "裁决书送达日", "ruled_on", "裁决日")


def enforcement_report(look: Look) -> None:
    """细则 art. 63: counted from the request, or from the grant when it was asked for at registration."""
    counted, granted = look.day("counted_from"), look.case.facts.get("granted_on", "")
    if look.values.get("at_registration") == YES:
        if granted and counted and counted.isoformat() != granted:
            sentence = f"在办理登记时请求的，期限自授权公告日 {granted} 起算"
            raise Refusal("bad_input", sentence, {"input": "counted_from"})
        return
    requested = look.day("requested_on")
    if counted and requested and counted < requested:
        raise Refusal("bad_input", f"期限起算日 {counted} 早于请求日 {requested}", {"input": "counted_from"})


# ---------------------------------------------------------------- commercialisation


def commercial_opening(look: Look) -> None:
    """A patent is watched for the list only with its grant date, and only if public money paid for it."""
    if _category(look) != OPEN_LIST:
        return
    if not look.values.get("granted_on"):
        raise Refusal("missing_input", "公开实施清单自授权公告日起满三年，请填写授权公告日", {"input": "granted_on"})
    commercial_funded(look)


def commercial_funded(look: Look) -> None:
    if _told(look, "funded") != YES:
        raise Refusal("not_funded", "只有财政资助形成的专利纳入公开实施清单的跟踪", {"input": "funded"})


def commercial_contract(look: Look) -> None:
    """A licence that is filed late is a warning: the office decides."""
    clock = look.case.clock("licence_filing")
    effective = look.day("effective_on")
    if clock is not None and effective and clock.spans[0][0] != effective.isoformat():
        look.warnings.append(f"合同生效日与登记时的 {clock.spans[0][0]} 不同，备案期限仍自后者计，请核对")
    if clock is not None and clock.state == clocks.RUNNING:
        due, provisional = clocks.due_of(clock, look.calendar)
        if look.on > due:
            look.warnings.append(f"许可合同备案期限 {due}{'（暂定）' if provisional else ''} 已过")


def commercial_registered(look: Look) -> None:
    _not_before(look, "registered_on", "备案（登记）日", "submitted_on", "报送日")


def commercial_open_licence(look: Look) -> None:
    """细则 art. 85: after the grant. Art. 86 bars: sole or exclusive licence, suspension, unpaid annual fee, a pledge
    without the pledgee's consent."""
    granted = look.day("granted_on")
    if granted is None or granted > look.on:
        raise Refusal("open_licence_barred", "开放许可声明应在授权公告之后提出（细则第85条）", {"input": "granted_on"})
    bars = {
        "sole_licensed": "处于独占或排他许可有效期内",
        "suspended": "专利权处于中止程序",
        "fee_unpaid": "未按规定缴纳年费",
    }
    for name, words in bars.items():
        if look.values.get(name) == YES:
            raise Refusal("open_licence_barred", f"{words}的，不得实行开放许可（细则第86条）", {"input": name})
    if look.values.get("pledged") == YES and look.values.get("pledgee_consents") != YES:
        sentence = "专利权已质押而质权人未同意的，不得实行开放许可（细则第86条）"
        raise Refusal("open_licence_barred", sentence, {"input": "pledgee_consents"})


# ---------------------------------------------------------------- evidence


def custody_handover(look: Look) -> None:
    """The item goes from whoever keeps it to somebody else."""
    giver, taker = look.values.get("from_person", ""), look.values.get("to_person", "")
    keeper = look.case.facts.get("examiner", "")
    if giver and giver == taker:
        raise Refusal("bad_input", f"移交人与接收人同为“{giver}”", {"input": "to_person"})
    if keeper and giver != keeper:
        look.warnings.append(f"移交人“{giver}”不是登记的保管人“{keeper}”")


def custody_stamp(look: Look) -> None:
    """A time-stamp, a block, or both; never nothing. The computer's own clock is neither."""
    if not look.values.get("stamp_number") and not look.values.get("chain_number"):
        raise Refusal("missing_input", "请填写可信时间戳号或区块链存证号", {"input": "stamp_number"})
    if look.values.get("stamp_number") and not look.values.get("stamp_authority"):
        raise Refusal("missing_input", "请填写出具时间戳的服务机构", {"input": "stamp_authority"})
    if look.values.get("chain_number") and not look.values.get("chain_platform"):
        raise Refusal("missing_input", "请填写区块链平台", {"input": "chain_platform"})


def custody_destroy(look: Look) -> None:
    """Whoever keeps an item does not approve its destruction as well."""
    if look.values.get("reviewer") == look.case.facts.get("examiner", ""):
        raise Refusal("bad_input", "销毁的复核人不能是保管人本人", {"input": "reviewer"})


def _all() -> dict[str, Callable[[Look], None]]:
    checks = (
        future_day, priority_kind, priority_reason, priority_same_day, priority_material, priority_recommendation,
        priority_agreed, priority_dispatch, priority_reply, priority_result, priority_stop, enforcement_officers,
        enforcement_served, enforcement_ruling_served, enforcement_report, commercial_opening, commercial_funded,
        commercial_contract, commercial_registered, commercial_open_licence, custody_handover, custody_stamp,
        custody_destroy,
    )  # fmt: skip
    return {check.__name__: check for check in checks}


CHECKS_OF_SERVICES: Final = _all()
