"""Made-up cases of the other five services: what is entered, and how far each has come. Nobody in them exists.

A case is (procedure, working days ago, answers of its opening, steps); a step is (action, working days later,
answers). ``@-30`` and ``@30`` in an answer stand for a day so many calendar days before or after the step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from desktop.app import demo_cases as made_up
from desktop.app.desk import Desk
from desktop.core.identifiers import KIND_DIGIT, application_check_digit
from desktop.core.terms import PatentType

Steps = tuple[tuple[str, int, Mapping[str, str]], ...]


class Plan(NamedTuple):
    procedure: str
    age: int
    opening: Mapping[str, str]
    steps: Steps = ()


OFFICERS: Final = ("郑承办", "冯承办")
CUSTODIAN: Final = "韩保管"
LEAD: Final = "孙组长"
GOOD: Final = {"checklist": "符合"}
_DAY: Final = re.compile(r"@(-?\d+)")
_FREE: Final = {"sole_licensed": "否", "suspended": "否", "fee_unpaid": "否", "pledged": "否"}


def number(kind: PatentType, serial: int, year: int = 2024) -> str:
    """An application number that was never given out."""
    digits = f"{year}{KIND_DIGIT[kind]}98{serial:05d}"
    return f"{digits}.{application_check_digit(digits)}"


def _request(reason: str, **more: str) -> tuple[str, int, dict[str, str]]:
    copies = {"prior_art_copies": "1", "prior_art_pages": "12"} if reason.startswith("3-") else {}
    asked = {"reason_code": reason, "same_day": "否", "proof_copies": "2", "proof_pages": "8"}
    return "begin", 0, {**asked, **copies, **more}


def _recommended(reason: str) -> Steps:
    return (
        _request(reason),
        ("check_pass", 1, {**GOOD, "examiner": OFFICERS[0]}),
        ("review_field", 1, {"field_opinion": "主分类号与所报产业领域相符，理由与证明一致"}),
        ("recommend", 1, {"opinion": "材料齐备，理由成立，同意推荐优先审查。", **GOOD}),
    )


_OPENINGS: Final = {
    "sodium": {"title": "钠离子电池硬碳负极的预钠化方法", "party": made_up.PARTIES[3], "main_class": "H01M 4/36"},
    "pipe": {"title": "基于声呐点云的海底管线识别方法", "party": made_up.PARTIES[5], "main_class": "G01S 15/89"},
    "tyre": {"title": "一种轮胎硫化机的快换模座", "party": made_up.PARTIES[4], "main_class": "B29D 30/06"},
    "lamp": {"title": "一种植物补光灯的散热结构", "party": made_up.PARTIES[9], "main_class": "F21V 29/50"},
}


def _invention(name: str, serial: int, category: str = "发明申请") -> dict[str, str]:
    kind = PatentType.UTILITY if "实用新型" in category else PatentType.INVENTION
    return {
        "category": category, "patent_type": kind.value, "application_number": number(kind, serial),
        "nationality": "中国", "region": made_up.REGIONS[serial % 4], "contact": "某联系人", "phone": "000-0000000",
        **_OPENINGS[name],
    }  # fmt: skip


def _dispute(category: str, title: str, party: int, serial: int, **more: str) -> dict[str, str]:
    return {
        "category": category, "title": title, "party": made_up.PARTIES[party], "region": made_up.REGIONS[serial % 4],
        "contact": "某联系人", "phone": "000-0000000", "patent_type": "实用新型",
        "patent_number": number(PatentType.UTILITY, serial, 2022), "granted_on": "@-700", "legal_status": "有效",
        **more,
    }  # fmt: skip


def _patent(category: str, title: str, party: int, serial: int, **more: str) -> dict[str, str]:
    return {
        "category": category, "title": title, "party": made_up.PARTIES[party], "contact": "某联系人",
        "patent_type": "发明", "patent_number": number(PatentType.INVENTION, serial, 2021), "granted_on": "@-400",
        **more,
    }  # fmt: skip


_ACCEPTED: Final = ("accept", 1, {"examiner": OFFICERS[1]})
_FILED: Steps = (
    ("file", 3, {
        **GOOD, "examiner": OFFICERS[0], "officers": f"{OFFICERS[0]}、{OFFICERS[1]}、某专员",
        "jurisdiction": "侵权行为地",
    }),
    ("serve", 2, {}),
)  # fmt: skip
_KEPT: Final = ("keep", 1, {"storage_place": "证据室 2 柜 4 格", "examiner": CUSTODIAN})

PLANS: tuple[Plan, ...] = (
    # priority examination
    Plan("priority", 22, _invention("sodium", 1), (
        *_recommended("3-1"), ("send", 1, {}), ("agree", 4, {"priority_number": "YX-示例-0001"}),
    )),
    Plan("priority", 60, _invention("pipe", 2), (
        *_recommended("3-2"), ("send", 1, {}), ("agree", 4, {"priority_number": "YX-示例-0002"}),
        ("office_action", 28, {"notice_kind": "审查意见"}),
    )),
    Plan("priority", 4, _invention("lamp", 3, "实用新型申请"), _recommended("3-4")[:2]),
    Plan("priority", 9, _invention("tyre", 4, "实用新型申请"), _recommended("3-2")[:2]),
    Plan("priority", 1, _invention("pipe", 5)),
    Plan("priority", 5, _invention("sodium", 6), (
        _request("3-1"), ("return", 1, {"missing": "缺少全体申请人同意的签章页"}),
    )),
    # rapid enforcement
    Plan("enforcement", 30, _dispute(
        "专利侵权纠纷行政裁决", "侵害“硫化机快换模座”实用新型专利权", 4, 11, respondent="某某机械商行"), _FILED),
    Plan("enforcement", 75, _dispute(
        "专利侵权纠纷行政裁决", "侵害“植物补光灯散热结构”实用新型专利权", 9, 12, respondent="某某照明店"),
        (*_FILED, ("suspend", 6, {"suspension": "鉴定", "reason": "委托比对鉴定"}), ("resume", 12, {}),
         ("defend", 1, {"defence": "主张现有技术抗辩"}), ("hear", 8, {"hearing_kind": "口审", "minutes": "双方到庭"}),
         ("extend", 2, {"reason": "涉案产品型号多，案情复杂"}))),
    Plan("enforcement", 12, _dispute("行政调解", "职务发明奖酬争议", 2, 13, respondent="某某理工大学科研处"), (
        ("ask_other", 1, {"examiner": OFFICERS[1]}),
    )),
    Plan("enforcement", 20, _dispute("人民调解", "清洗机专利许可费争议", 0, 14, respondent="某某贸易行"), (
        _ACCEPTED, ("start_mediation", 1, {"mediators": "某调解员"}),
    )),
    Plan("enforcement", 9, _dispute("电商侵权", "网店销售侵权轮胎拆装工具", 4, 15, respondent="某某五金网店"), (
        _ACCEPTED, ("ask_consultation", 0, {"question": "链接所示产品是否落入权利要求 1"}),
        ("consulted", 2, {"consultation": "落入", "grounds": "包含权利要求 1 的全部技术特征"}),
        ("notify", 1, {"platform": "某某商城", "link": "https://shop.example/10015"}),
        ("take_measures", 1, {"measures": "断开链接"}), ("counter", 2, {"declaration": "称已获许可"}),
    )),
    Plan("enforcement", 3, _dispute("维权援助", "出口参展前侵权风险评估", 5, 16)),
    Plan("enforcement", 25, _dispute("海外纠纷指导", "境外收到警告函的应对", 0, 17, respondent="某外国公司"), (
        _ACCEPTED, ("guide", 1, {"country": "某国", "overseas_dispute": "收到警告函"}),
        ("guided", 8, {"advice": "建议先作稳定性检索，并保全销售证据", "next_day": "@10"}),
    )),
    # navigation
    Plan("navigation", 50, {
        "category": "产业导航", "title": "海洋工程装备产业专利导航", "party": "某某产业联盟", "field": "海洋",
        "demand": "摸清深海作业装备关键部件的专利布局", "contact": "某联系人",
    }, (
        ("accept", 1, {"examiner": OFFICERS[0], "contractor": "某某信息研究所"}),
        ("plan", 4, {"plan": "五类部件，检索至上月末，双周例会"}),
        ("search", 15, {
            "databases": "全球专利库", "query": "IPC=B63B* 或 B63C*", "search_until": "@-20", "records": "12345",
        }),
    )),
    Plan("navigation", 90, {
        "category": "企业导航", "title": "智能装备企业研发导航", "party": made_up.PARTIES[0], "field": "高端设备制造",
        "demand": "研发方向选择与规避设计", "contact": "某联系人",
    }, (
        ("accept", 1, {"examiner": OFFICERS[1], "contractor": "某某信息研究所"}),
        ("plan", 3, {"plan": "三个研发方向"}),
        ("search", 12, {"databases": "全球专利库", "query": "IPC=B25J*", "search_until": "@-10", "records": "4210"}),
        ("analyse", 12, {"result_name": "智能装备企业研发导航报告"}),
        ("review_pass", 4, {"review_conclusion": "通过", "experts": "某专家、某专家二、某专家三"}),
        ("publish", 3, {"next_day": "@45"}),
        ("apply", 10, {"application": "培育", "application_detail": "据此确定两项高价值专利培育方向"}),
    )),
    Plan("navigation", 2, {
        "category": "人才导航", "title": "生物医药领军人才导航", "party": "某某高新区管理机构", "field": "生物医药",
        "contact": "某联系人",
    }),
    # commercialisation
    Plan("commercialisation", 8, _patent(
        "实施许可备案", "水产养殖尾水脱氮的分级处理方法", 5, 21, counterparty="某某水务公司", effective_on="@-12"), (
        ("check_contract", 2, {
            **GOOD, "examiner": OFFICERS[1], "counterparty": "某某水务公司", "amount": "30.5",
            "fee_method": "一次总付",
        }),
    )),
    Plan("commercialisation", 6, _patent(
        "质押登记", "一种高固含聚合物多元醇的制备方法", 10, 22, counterparty="某某银行", effective_on="@-6"), (
        ("check_contract", 1, {**GOOD, "examiner": OFFICERS[1], "counterparty": "某某银行", "amount": "500"}),
        ("submit", 2, {}),
    )),
    Plan("commercialisation", 40, _patent("开放许可", "玉米种质抗倒伏表型的图像测定方法", 7, 23), (
        ("check_open_licence", 2, {**GOOD, "examiner": OFFICERS[0], **_FREE}),
        ("declare", 2, {"fee_terms": "每年 2 万元，按年支付", "period": "三年"}), ("announce", 12, {}),
    )),
    Plan("commercialisation", 120, _patent(
        "专利公开实施清单", "联邦学习中梯度压缩的误差补偿方法", 2, 24, granted_on="@-960", funded="是"), (
        ("track", 2, {"examiner": OFFICERS[0]}),
    )),
    Plan("commercialisation", 100, _patent(
        "专利公开实施清单", "手术导航中软组织形变的实时校正方法", 2, 25, granted_on="@-500", funded="是"), (
        ("track", 2, {"examiner": OFFICERS[0]}),
    )),
    Plan("commercialisation", 15, _patent(
        "专利密集型产品备案", "协作机器人碰撞检测的自适应阈值方法", 0, 26, product_name="某型协作机器人"), (
        ("check_product", 2, {"examiner": OFFICERS[1], "applicant_kind": "专利权人"}),
    )),
    # evidence
    Plan("evidence", 9, {
        "category": "网页", "title": "侵权产品销售页面", "party": made_up.PARTIES[4],
        "source": "https://shop.example/10015", "obtained_how": "网页固化", "obtained_by": OFFICERS[0],
        "witness": "某见证人", "device": "示例取证软件 3.1",
    }, (_KEPT, ("recheck", 4, {"reason": "月度复核"}))),
    Plan("evidence", 16, {
        "category": "实物", "title": "被控侵权补光灯样品", "party": made_up.PARTIES[9], "source": "公证购买",
        "obtained_how": "公证购买", "obtained_by": OFFICERS[1], "witness": "某公证员",
    }, (_KEPT, ("lend", 5, {
        "from_person": CUSTODIAN, "borrower": OFFICERS[0], "reason": "口头审理出示", "next_day": "@4",
    }))),
    Plan("evidence", 1, {
        "category": "视频", "title": "展会现场取证视频", "party": made_up.PARTIES[0], "source": "某展会 3 号馆",
        "obtained_by": OFFICERS[1],
    }),
)  # fmt: skip

# What follows the walked case, once it is granted: the same solution in the five other services.
BESIDE: tuple[Plan, ...] = (
    Plan("priority", 120, {"category": "发明申请", "nationality": "中国"}, (
        _request("3-1"), ("withdraw", 2, {"reason": "已在快速审查通道，无需另行请求"}),
    )),
    Plan("navigation", 80, {
        "category": "研发活动导航", "title": "精密运动平台研发导航", "demand": "为下一代产品选择方向",
    }, (
        ("accept", 1, {"examiner": OFFICERS[1], "contractor": "某某信息研究所"}),
        ("plan", 3, {"plan": "两个研发方向，双月汇报"}),
        ("search", 12, {"databases": "全球专利库", "query": "IPC=G05D19*", "search_until": "@-10", "records": "3120"}),
        ("analyse", 15, {"result_name": "精密运动平台研发导航报告"}),
        ("review_pass", 6, {"review_conclusion": "通过", "experts": "某专家、某专家二、某专家三"}),
        ("publish", 3, {"next_day": "@180"}),
    )),
    Plan("enforcement", 60, {
        "category": "专利侵权纠纷行政裁决", "title": "侵害“晶圆台微动平台”发明专利权", "respondent": "某某精密商行",
        "legal_status": "有效",
    }, (
        *_FILED, ("defend", 8, {"defence": "主张现有技术抗辩"}),
        ("hear", 10, {"hearing_kind": "口审", "minutes": "双方到庭，陈述并质证"}),
        ("rule", 14, {"decision": "成立", "document_number": "示知裁〔示例〕8号"}), ("serve_ruling", 2, {}),
    )),
    Plan("evidence", 58, {
        "category": "照片", "title": "被控侵权平台铭牌照片", "source": "某展会 1 号馆", "obtained_by": OFFICERS[0],
        "witness": "某见证人",
    }, (_KEPT, ("recheck", 20, {"reason": "口头审理前复核"}))),
    Plan("commercialisation", 30, {
        "category": "实施许可备案", "counterparty": "某某半导体装备公司", "effective_on": "@-2",
    }, (
        ("check_contract", 2, {
            **GOOD, "examiner": OFFICERS[1], "counterparty": "某某半导体装备公司", "amount": "120",
            "fee_method": "一次总付",
        }),
        ("submit", 2, {}), ("register", 12, {"record_number": "示例许可备 0008"}),
    )),
)  # fmt: skip


def add(desk: Desk, today: date) -> None:
    """Opens and works every planned case."""
    for plan in PLANS:
        work(desk, plan, desk.calendar.add(today, -plan.age).day, today)


def beside(desk: Desk, number: str, today: date) -> Iterator[str]:
    """Begins the other five services beside a case; yields what was opened, in words."""
    opened: dict[str, str] = {}
    for plan in BESIDE:
        answers = {**plan.opening, **({"ref_case": opened["enforcement"]} if plan.procedure == "evidence" else {})}
        begun = desk.calendar.add(today, -plan.age).day
        opened[plan.procedure] = work(desk, plan._replace(opening=answers), begun, today, number)
        yield f"{opened[plan.procedure]}　{answers['category']}"


def work(desk: Desk, plan: Plan, on: date, today: date, beside: str | None = None) -> str:
    """One case; the number it got. No step is later than today."""
    clerk = {"evidence": CUSTODIAN}.get(plan.procedure, made_up.CLERK)
    made = desk.open_case(
        plan.procedure, _dated(plan.opening, on), actor=clerk, on=on, today=today, beside=beside
    )
    for action, gap, answers in plan.steps:
        on = min(desk.calendar.add(on, gap).day, today) if gap else on
        actor = _who_may(desk, made.number, action, on)
        desk.act(made.number, action, _dated(answers, on), actor=actor, on=on, today=today)
    return made.number


def _who_may(desk: Desk, number: str, action: str, on: date) -> str:
    """Somebody on the staff list whom the procedure lets do this, the officers first."""
    names = [*OFFICERS, made_up.CLERK, CUSTODIAN, made_up.REVIEWER, LEAD]
    for name in names:
        found = next((one for one in desk.case(number, actor=name, today=on).actions if one.action == action), None)
        if found is None or found.enabled:
            return name
    return made_up.ADMIN


def _dated(answers: Mapping[str, str], on: date) -> dict[str, str]:
    def day(value: str) -> str:
        match = _DAY.fullmatch(value)
        return (on + timedelta(days=int(match[1]))).isoformat() if match else value

    return {name: day(value) for name, value in answers.items()}
