"""For every category of every service one complete way from the opening to an end, as data.

``WAYS[procedure, category code]``; dates are ISO, all within the published calendar years. Values are what a person
would type. The people are those of :data:`tests.core.walks.STAFF`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.core.identifiers import example_application_number
from desktop.core.terms import PatentType

OFFICER, REVIEWER, CUSTODIAN = "承办员", "复核员", "保管员"
USCC = "91350100M000100Y43"
NUMBERS = {kind: example_application_number(kind) for kind in PatentType}
ALL_GOOD = {"checklist": "符合"}

Step = tuple[str, str, Mapping[str, str]]  # action, business date, values


@dataclass(frozen=True)
class Way:
    """``opening`` are the answers to the opening's questions, given on ``received``; ``end`` is the stage code."""

    opening: Mapping[str, str]
    received: str
    steps: tuple[Step, ...]
    end: str


def _step(action: str, on: str, **values: str) -> Step:
    return action, on, values


def _checked(action: str, on: str, **values: str) -> Step:
    return action, on, {**ALL_GOOD, **values}


# ---------------------------------------------------------------- priority examination


def _priority(category: str, kind: PatentType, reason: str, *rest: Step, **form: str) -> Way:
    """A request that is recommended in time, sent on 2026-03-10, agreed to on 2026-03-12, and then ``rest``."""
    opening = {
        "category": category, "title": "一种海水淡化膜组件", "party": "青禾示例有限公司", "uscc": USCC,
        "nationality": "中国", "region": "示例市", "contact": "王某", "phone": "0531-00000000",
        "address": "示例市示例路 1 号 250000", "patent_type": kind.value, "application_number": NUMBERS[kind],
        "main_class": "23-01" if kind is PatentType.DESIGN else "C02F 1/44",
    }  # fmt: skip
    request = {"reason_code": reason, "same_day": "否", "proof_copies": "2", "signed_on": "2026-02-28", **form}
    if reason.startswith("3-") and category != "复审":
        request |= {"prior_art_copies": "1", "prior_art_pages": "12"}
    steps = (
        _step("begin", "2026-03-02", **request),
        _checked("check_pass", "2026-03-03", examiner=OFFICER),
        _checked("review_field", "2026-03-05", field_opinion="主分类号与领域相符"),
        _step("recommend", "2026-03-06", opinion="同意推荐优先审查。"),
        _step("send", "2026-03-10"),
        _step("agree", "2026-03-12", priority_number="YX-0001"),
        *rest,
    )
    return Way(opening, "2026-03-02", steps, "STOPPED" if steps[-1][0] == "stop" else "CLOSED")


_PRIORITY = {
    "invention": _priority(
        "发明申请", PatentType.INVENTION, "3-1",
        _step("office_action", "2026-04-10", notice_kind="审查意见", dispatched_on="2026-04-09"),
        _step("reply", "2026-05-20", replied_on="2026-05-20"),
        _step("close", "2026-08-03", result="授权", granted_on="2026-08-03", publication_number="CN109102019B"),
    ),
    "utility": _priority(
        "实用新型申请", PatentType.UTILITY, "3-4",
        _step("close", "2026-04-20", result="授权", granted_on="2026-04-20"),
    ),
    "design": _priority(
        "外观设计申请", PatentType.DESIGN, "3-5",
        _step("office_action", "2026-03-20", notice_kind="补正"),
        _step("reply", "2026-03-27"),
        _step("close", "2026-04-27", result="驳回"),
        route="PCT", international_number="PCT/CN2026/000001",
    ),
    "review": _priority(
        "复审", PatentType.INVENTION, "3-2",
        _step("office_action", "2026-06-01", notice_kind="复审"),
        _step("reply", "2026-06-15"),
        _step("close", "2026-09-01", result="撤销驳回"),
    ),
    "invalidation": _priority(
        "发明或实用新型无效", PatentType.UTILITY, "4-1",
        _step("office_action", "2026-04-15", notice_kind="口审"),
        _step("reply", "2026-05-06"),
        _step("close", "2026-07-20", result="部分无效"),
    ),
    "design_invalidation": _priority(
        "外观设计无效", PatentType.DESIGN, "4-2",
        _step("stop", "2026-05-11", stop_reason="13-2", note="请求人补充证据"),
    ),
}  # fmt: skip

# ---------------------------------------------------------------- rapid enforcement


def _dispute(category: str, *steps: Step, **more: str) -> Way:
    opening = {
        "category": category, "title": "侵害实用新型专利权纠纷", "party": "青禾示例有限公司", "uscc": USCC,
        "contact": "王某", "phone": "0531-00000000", "patent_type": "实用新型",
        "patent_number": NUMBERS[PatentType.UTILITY], "granted_on": "2024-05-10", "legal_status": "有效", **more,
    }  # fmt: skip
    return Way(opening, "2026-03-02", steps, "CLOSED")


_ENFORCEMENT = {
    "ruling": _dispute(
        "专利侵权纠纷行政裁决",
        _step("ask_supplement", "2026-03-04", missing="缺专利登记簿副本"),
        _step("supplement", "2026-03-06", supplied="已补登记簿副本"),
        _checked("file", "2026-03-10", examiner=OFFICER, officers=f"{OFFICER}、李某、赵某", jurisdiction="侵权行为地"),
        _step("serve", "2026-03-12"),
        _step("suspend", "2026-03-20", suspension="鉴定", reason="委托检验"),
        _step("resume", "2026-04-20"),
        _step("defend", "2026-04-21", defence="主张现有技术"),
        _step("hear", "2026-05-11", hearing_kind="口审", minutes="双方到庭"),
        _step("extend", "2026-06-15", reason="案情复杂"),
        _step("rule", "2026-07-20", decision="成立", document_number="示知裁〔2026〕1号"),
        _step("serve_ruling", "2026-07-22"),
        _step("take_effect", "2026-08-10", performance="已停止"),
        respondent="白沙示例商行",
    ),
    "mediation": _dispute(
        "行政调解",
        _step("ask_other", "2026-03-03", examiner=OFFICER),
        _step("consent", "2026-03-12", statement="同意调解"),
        _step("file_mediation", "2026-03-16", dispute="奖酬"),
        _step("mediate", "2026-03-30", minutes="第一次会面"),
        _step("agree", "2026-04-15", document_number="示知调〔2026〕2号"),
        _step("confirm", "2026-05-06", court="示例市法院"),
        _step("finish_agreement", "2026-05-20", performance="已履行"),
        respondent="白沙示例商行",
    ),
    "people": _dispute(
        "人民调解",
        _step("accept", "2026-03-03", examiner=OFFICER),
        _step("start_mediation", "2026-03-05", mediators="孙某"),
        _step("agree", "2026-03-25", document_number="示人调〔2026〕3号"),
        _step("finish_agreement", "2026-04-10"),
        respondent="白沙示例商行",
    ),
    "ecommerce": _dispute(
        "电商侵权",
        _step("accept", "2026-03-03", examiner=OFFICER),
        _step("ask_consultation", "2026-03-03", question="链接产品是否落入"),
        _step("consulted", "2026-03-05", consultation="落入", grounds="全部特征相同"),
        _step("notify", "2026-03-06", platform="示例商城", link="https://shop.example/1"),
        _step("take_measures", "2026-03-09", measures="断开链接"),
        _step("counter", "2026-03-16", declaration="称有授权"),
        _step("lift", "2026-04-02"),
        respondent="白沙示例商行",
    ),
    "aid": _dispute(
        "维权援助",
        _step("accept", "2026-03-03", examiner=OFFICER),
        _step("start_aid", "2026-03-04", aid_kind="专家"),
        _step("finish_aid", "2026-03-20", aid_result="已出具专家意见"),
    ),
    "evaluation": _dispute(
        "专利权评价报告",
        _step("accept", "2026-03-03", examiner=OFFICER),
        _step("request_report", "2026-03-05", counted_from="2026-03-05"),
        _step("report", "2026-04-28", report_result="未发现缺陷", document_number="PJ-1"),
    ),
    "overseas": _dispute(
        "海外纠纷指导",
        _step("accept", "2026-03-03", examiner=OFFICER),
        _step("guide", "2026-03-04", country="某国", overseas_dispute="收到警告函"),
        _step("guided", "2026-03-18", advice="建议先作无效检索", next_day="2026-06-18"),
        _step("follow_up", "2026-06-18", performance="纠纷已和解"),
        respondent="某外国公司",
    ),
}

# ---------------------------------------------------------------- navigation


def _study(category: str, *more: Step, plan: Step | None = None, end: str = "FINISHED") -> Way:
    opening = {
        "category": category, "title": "海洋工程装备专利导航", "party": "示例市产业联盟", "contact": "王某",
        "field": "海洋", "demand": "摸清关键部件布局",
    }  # fmt: skip
    steps = (
        _step("accept", "2026-02-03", examiner=OFFICER, contractor="示例信息研究所"),
        plan or _step("plan", "2026-02-10", plan="五类部件"),
        _step(
            "search", "2026-03-10", databases="全球专利库", query="B63B*", search_until="2026-02-28", records="12345"
        ),
        _step("analyse", "2026-04-10", result_name="海洋工程装备导航报告"),
        _step("review_pass", "2026-04-20", review_conclusion="通过", experts="孙某、周某、吴某"),
        _step("publish", "2026-04-27", pushed_to="联盟成员", next_day="2026-10-27"),
        *(more or (_step("finish", "2026-06-01"),)),
    )
    return Way(opening, "2026-02-02", steps, end)


_NAVIGATION = {
    "industry": _study(
        "产业导航",
        _step("apply", "2026-05-11", application="培育", application_detail="确定三项培育方向"),
        _step("update", "2026-10-27"),
        _step(
            "search", "2026-11-02", databases="全球专利库", query="B63B*", search_until="2026-10-31", records="13000"
        ),
        _step("analyse", "2026-11-06"),
        _step("review_pass", "2026-11-10", review_conclusion="通过"),
        _step("publish", "2026-11-12", next_day="2026-12-31"),
        _step("finish", "2026-11-20"),
    ),
    "enterprise": _study("企业导航"),
    "region": _study("区域规划", plan=_step("plan_contract", "2026-02-10", plan="全市", next_day="2026-06-30")),
    "research": _study("研发活动导航"),
    "talent": _study("人才导航"),
}

# ---------------------------------------------------------------- commercialisation


def _use(category: str, end: str, *steps: Step, received: str = "2026-06-30", **more: str) -> Way:
    opening = {
        "category": category, "title": "一种海水淡化膜组件", "party": "示例大学", "uscc": USCC, "contact": "王某",
        "phone": "0531-00000000", "patent_type": "发明", "patent_number": NUMBERS[PatentType.INVENTION],
        "granted_on": "2023-11-22", "main_class": "C02F 1/44", "field": "海洋", **more,
    }  # fmt: skip
    return Way(opening, received, steps, end)


def _contract(**more: str) -> Step:
    return _checked(
        "check_contract", "2026-07-02", examiner=OFFICER, counterparty="白沙示例有限公司", amount="30.5",
        fee_method="一次总付", **more,
    )  # fmt: skip


_FREE = {"sole_licensed": "否", "suspended": "否", "fee_unpaid": "否", "pledged": "否"}
_TERMS = {"fee_terms": "每年 2 万元", "period": "三年"}

_COMMERCIALISATION = {
    "licence": _use(
        "实施许可备案", "DONE",
        _contract(),
        _step("submit", "2026-07-06"),
        _step("office_correction", "2026-07-10", missing="缺身份证明"),
        _step("office_corrected", "2026-07-14", supplied="已补"),
        _step("register", "2026-07-20", record_number="BA-1"),
        counterparty="白沙示例有限公司", effective_on="2026-06-25",
    ),
    "transfer": _use(
        "转让登记", "DONE",
        _contract(effective_on="2026-06-20"),
        _step("submit", "2026-07-06"),
        _step("register", "2026-07-20", record_number="BG-1"),
    ),
    "pledge": _use(
        "质押登记", "DONE",
        _contract(effective_on="2026-06-20"),
        _step("submit_online", "2026-07-06"),
        _step("register", "2026-07-08", record_number="ZY-1"),
    ),
    "open_licence": _use(
        "开放许可", "DONE",
        _checked("check_open_licence", "2026-07-02", examiner=OFFICER, **_FREE),
        _step("declare", "2026-07-03", **_TERMS),
        _step("announce", "2026-07-20"),
        _step("licensed", "2026-08-03", counterparty="白沙示例有限公司", amount="2", record_number="KF-1"),
        _step("end_open_licence", "2026-09-01", end_reason="撤回", implementation="许可一家"),
    ),
    "open_list": _use(
        "专利公开实施清单", "DONE",
        _step("track", "2026-07-01", examiner=OFFICER),
        _step("list", "2026-11-22", not_implemented_reason="无人实施"),
        _step("trade", "2026-11-24", market="示例技术交易市场"),
        _step("traded", "2026-12-10", counterparty="白沙示例有限公司", amount="18"),
        funded="是",
    ),
    "product": _use(
        "专利密集型产品备案", "DONE",
        _step("check_product", "2026-07-02", examiner=OFFICER, applicant_kind="专利权人"),
        _step("record_product", "2026-07-10", product_record_number="CP-1"),
        _step("certify", "2026-09-10", certification="已认定", certified_on="2026-09-08"),
        product_name="淡化膜组件",
    ),
    "pool": _use(
        "专利池与运营中心", "DONE",
        _step("build", "2026-07-02", examiner=OFFICER, pool_kind="专利池"),
        _step("operate", "2026-08-03", members="6", pool_patents="120"),
        _step("report_operation", "2026-09-01", members="7", pool_patents="131", implementation="对外许可两件"),
        _step("end_pool", "2026-11-20"),
    ),
    "finance": _use(
        "质押融资与保险", "DONE",
        _step("match", "2026-07-02", examiner=OFFICER, finance_kind="质押融资", counterparty="示例银行"),
        _step("matched", "2026-07-20", amount="500"),
    ),
}  # fmt: skip

# ---------------------------------------------------------------- evidence


def _item(category: str, *steps: Step, end: str = "TRANSFERRED") -> Way:
    opening = {
        "category": category, "title": "侵权产品页面", "party": "青禾示例有限公司", "source": "https://shop.example/1",
        "obtained_how": "现场取得", "obtained_by": "承办员", "witness": "李某",
        "obtained_at": "2026-03-02T10:15+08:00", "device": "示例浏览器 1.0",
    }  # fmt: skip
    kept = _step("keep", "2026-03-03", storage_place="甲柜 3 格", examiner=CUSTODIAN)
    last = steps or (_step("transfer", "2026-06-01", from_person=CUSTODIAN, receiver="示例市法院", reason="移送"),)
    return Way(opening, "2026-03-02", (kept, *last), end)


_EVIDENCE = {
    "scan": _item("原件扫描"),
    "web": _item(
        "网页",
        _step("stamp", "2026-03-03", stamp_number="17", stamp_authority="示例时间戳服务机构",
              stamped_at="2026-03-03T02:15:00+00:00"),
        _step("recheck", "2026-04-01", reason="月度复核"),
        _step("transfer", "2026-06-01", from_person=CUSTODIAN, receiver="示例市法院", reason="移送"),
    ),
    "photo": _item(
        "照片",
        _step("lend", "2026-03-10", from_person=CUSTODIAN, borrower="承办员", reason="口审", next_day="2026-03-20"),
        _step("return", "2026-03-20", from_person="承办员", examiner=CUSTODIAN, condition="完好"),
        _step("transfer", "2026-06-01", from_person=CUSTODIAN, receiver="示例市法院", reason="移送"),
    ),
    "video": _item(
        "视频",
        _step("lock", "2026-04-01", detail="一个文件的校验值不符"),
        _step("unlock", "2026-04-03", reason="已从原介质恢复并核对"),
        _step("transfer", "2026-06-01", from_person=CUSTODIAN, receiver="示例市法院", reason="移送"),
    ),
    "object": _item(
        "实物",
        _step("handover", "2026-04-01", from_person=CUSTODIAN, to_person="保管二", reason="轮岗"),
        _step("destroy", "2026-10-12", reviewer=REVIEWER, reason="保管期满"),
        end="DESTROYED",
    ),
    "data": _item("数据"),
}  # fmt: skip

WAYS: dict[tuple[str, str], Way] = {
    (procedure, code): way
    for procedure, ways in {
        "priority": _PRIORITY,
        "enforcement": _ENFORCEMENT,
        "navigation": _NAVIGATION,
        "commercialisation": _COMMERCIALISATION,
        "evidence": _EVIDENCE,
    }.items()
    for code, way in ways.items()
}
