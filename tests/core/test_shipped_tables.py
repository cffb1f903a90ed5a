"""What ships, against tables typed again from the sources: articles, reason codes, limits, stages, fields.

A slip of the pen in a resource is no programming error and no other test would see it. Whoever changes a figure on
purpose changes it here too.
"""

from __future__ import annotations

import re

import pytest

from desktop.app.shipped import shipped
from desktop.core.rulebook import RuleBook
from desktop.core.rules import Rules
from desktop.core.terms import LimitKind, StageKind, Unit

# 专利法 2020, 细则 2023: item -> articles of the law | articles of the rules.
INVENTION = {
    "I-F1": "| 19", "I-F2": "| 20", "I-F3": "| 21", "I-F4": "| 22", "I-F5": "| 23.2", "I-F6": "| 24", "I-F7": "| 25",
    "I-F8": "| 26", "I-F9": "| 20 27 29", "I-F10": "24 29 30 | 33 34 35 36 37", "I-S1": "2.2 |", "I-S2": "5 25 |",
    "I-S3": "22.2 22.3 22.4 |", "I-S4": "26.3 26.4 |", "I-S5": "26.5 |", "I-S6": "31.1 | 39", "I-S7": "33 |",
    "I-S8": "19.1 | 8", "I-S9": "20 | 11", "I-S10": "9 |", "I-A": "2.2 5 25.1(2) |",
}  # fmt: skip
UTILITY = {
    "U-1": "2.3 |", "U-2": "5 25 |", "U-3": "22 |", "U-4": "26.3 26.4 |", "U-5": "31.1 |", "U-6": "33 |",
    "U-7": "| 19 20 21 22 23 24 25 26", "U-8": "| 20 43", "U-9": "9 |", "U-10": "| 11",
}  # fmt: skip
DESIGN = {
    "D-1": "2.4 |", "D-2": "5 25.1(6) |", "D-3": "23.1 23.2 |", "D-4": "27.2 |", "D-5": "| 31", "D-6": "| 30",
    "D-7": "| 31 40", "D-8": "31.2 | 40", "D-9": "| 30", "D-10": "33 |", "D-11": "9 |", "D-12": "| 11",
    "D-13": "| 30 31",
}  # fmt: skip
ACCEPTANCE = {
    "A1": "中心备案规定", "A2": "中心代理规定", "A3": "中心备案规定", "A4": "分类号表", "A5": "材料清单",
    "A6": "额度规定", "A7": "材料清单", "A8": "细则52、57", "A9": "申请须知", "A10": "不予受理理由",
}  # fmt: skip
JUDGED_BY_PEOPLE = {"A7", "A10", "I-S9", "U-10", "D-12"}
# In neither 细则 50(一) nor 细则 59: a remark, never a ground of refusal (for a utility model they are one).
REMARKS = {"I-F7", "I-F8"}

REFUSALS = {
    "N01": "PCT 国际申请或进入中国国家阶段的申请",
    "N02": "同一申请人同日就同样的发明创造既报实用新型又报发明",
    "N03": "分案申请",
    "N04": "需保密审查，涉及国防或重大利益",
    "N05": "分类号或技术领域不在服务范围",
    "N06": "申请主体未备案，或备案被暂停、取消",
    "N07": "备案主体不是第一申请人，或名称、代码与备案不一致",
    "N08": "代理机构未登记、不在名单或经营异常",
    "N09": "材料不全或缺少承诺书，且逾期未补",
    "N10": "同一或实质相同的方案重复提交",
    "N11": "涉嫌非正常申请或低质量",
    "N12": "已向国家知识产权局正式提交",
    "N13": "年度额度用尽",
    "N14": "证明材料虚假",
    "N15": "第一发明人或共同申请人关系无法说明",
    "N16": "外观设计国际申请",
    "N17": "本中心规定不予预审的其他情形",
}
UNCHECKED_REFUSALS = {"N16", "N17"}

# limit -> promised, legal or target; unit; invention, utility, design (None: no such limit).
LIMITS = {
    "acceptance": ("promised", "workday", (2, 2, 2)),
    "correction": ("promised", "workday", (3, 3, 3)),
    "assignment": ("target", "workday", (1, 1, 1)),
    "first_action": ("target", "workday", (7, 5, 3)),
    "examination": ("promised", "workday", (10, 7, 5)),
    "recheck": ("promised", "workday", (None, None, None)),
    "reply": ("promised", "workday", (3, 3, 3)),
    "filing": ("promised", "workday", (3, 3, 3)),
    "payment": ("promised", "workday", (1, 1, 1)),
    "payment_legal": ("legal", "month", (2, 2, 2)),
    "upload": ("promised", "day", (0, 0, 0)),
    "consistency": ("promised", "workday", (2, 2, 2)),
    "office_reply": ("promised", "workday", (10, 5, 5)),
    "registration": ("legal", "month", (2, 2, 2)),
}
CHECKED_LIMITS = {"registration"}

OPEN = {
    "RECEIVED": "已收件", "ACCEPTED": "已受理待分案", "EXAMINING": "预审中", "REPLIED": "已答复待复审核",
    "CONSISTENCY": "一致性审查",
}  # fmt: skip
WAITING = {
    "RETURNED": "退回补正", "AWAIT_REPLY": "已发意见待答复", "PASSED": "预审合格待正式提交",
    "FILED": "已提交待缴费回传", "TAGGED": "已打标快速审查中", "OA_WAIT": "审查意见待答复",
    "CONVERTED": "已转普通审查", "GRANT_NOTICE": "授权通知待登记",
}  # fmt: skip
ENDED = {
    "REFUSED": "不予受理", "LAPSED": "合格后逾期未提交", "FAILED": "预审不合格", "DEEMED_WITHDRAWN": "视为撤回",
    "WITHDRAWN": "主动撤回", "TERMINATED": "终止", "NOT_TAGGED": "不予加快", "GRANTED": "授权公告", "REJECTED": "驳回",
    "ABANDONED": "视为放弃",
}  # fmt: skip

# field -> label, is the name checked.
FIELDS = {
    "new-it": ("新一代信息技术", True),
    "marine": ("海洋", True),
    "high-end-equipment": ("高端设备制造", True),
    "biomedicine": ("生物医药", False),
    "new-materials": ("新材料", False),
    "modern-food": ("现代食品", False),
    "petroleum": ("石油开采及加工", False),
    "rubber-tyre": ("橡胶轮胎", False),
    "photoelectric": ("光电", False),
    "high-end-chemicals": ("高端化工", False),
    "modern-agriculture": ("现代高效农业", False),
    "energy-saving": ("节能环保", False),
    "new-energy": ("新能源", True),
}


@pytest.fixture(scope="module")
def rules() -> Rules:
    book = RuleBook(shipped())
    return book.rules(book.basis_on("preexam", "2026-03-02"))


def articles(clause: str) -> str:
    """The articles that a clause names, spelt as above: 法24、29；细则33–34 is ``24 29 | 33 34``."""
    found: dict[str, list[str]] = {"法": [], "细则": []}
    for part in clause.split("；"):
        source = re.match(r"细则|法|指南", part)
        assert source, clause
        if source[0] == "指南":
            continue
        for word in re.split("、", part.removeprefix(source[0])):
            word = word.removeprefix(source[0])
            first, _, last = word.partition("–")
            found[source[0]] += map(str, range(int(first), int(last) + 1)) if last else [first]
    law, implementing = (" ".join(sorted(found[name], key=_by_number)) for name in ("法", "细则"))
    return f"{law} | {implementing}".strip()


def _by_number(article: str) -> tuple[float, str]:
    number = re.match(r"[\d.]+", article)
    assert number, article
    return float(number[0]), article


def test_the_reading_of_clauses() -> None:
    assert articles("法24、29、30；细则33–35") == "24 29 30 | 33 34 35"
    assert articles("法2.2、5、25.1(2)；指南2026") == "2.2 5 25.1(2) |"
    assert articles("细则19–20、23") == "| 19 20 23"


@pytest.mark.parametrize(("name", "table"), [("invention", INVENTION), ("utility", UTILITY), ("design", DESIGN)])
def test_every_item_names_its_article(rules: Rules, name: str, table: dict[str, str]) -> None:
    assert {item.id: articles(item.clause) for item in rules.checklists.lists[name].items} == table


def test_the_acceptance_list(rules: Rules) -> None:
    assert {item.id: item.clause for item in rules.checklists.lists["accept"].items} == ACCEPTANCE
    assert set(rules.checklists.lists) == {"accept", "invention", "utility", "design"}


def test_what_a_program_never_judges(rules: Rules) -> None:
    items = [item for checklist in rules.checklists.lists.values() for item in checklist.items]
    assert {item.id for item in items if item.human} == JUDGED_BY_PEOPLE
    assert {item.id for item in items if item.ground == "形式提示"} == REMARKS
    examined = [item for item in items if not item.id.startswith("A")]
    assert all(item.ground for item in examined), "a finding never stands as a bare refusal"


def test_reasons_for_not_accepting(rules: Rules) -> None:
    choices = rules.procedure.choices["refusal"]
    assert {choice.code: choice.label for choice in choices} == REFUSALS
    assert [choice.code for choice in choices] == sorted(REFUSALS)
    assert {choice.code for choice in choices if choice.status == "待核对"} == UNCHECKED_REFUSALS


def test_limits_by_type_unit_and_kind(rules: Rules) -> None:
    limits = rules.procedure.limits
    found = {
        name: (limit.kind, limit.unit, tuple(limit.length(category.code) for category in rules.procedure.categories))
        for name, limit in limits.items()
    }
    assert found == {name: (LimitKind(kind), Unit(unit), days) for name, (kind, unit, days) in LIMITS.items()}
    assert {name for name, limit in limits.items() if limit.status == "已核对"} == CHECKED_LIMITS
    assert {limit.warn for limit in limits.values()} == {(3, 1, 0)}
    for name, limit in limits.items():
        assert limit.basis, name
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", limit.checked_on), name
    assert rules.procedure.max_rounds == 2


def test_stages_and_whom_they_wait_for(rules: Rules) -> None:
    kinds = ((OPEN, StageKind.OPEN), (WAITING, StageKind.WAITING), (ENDED, StageKind.ENDED))
    expected = {code: (label, kind) for table, kind in kinds for code, label in table.items()}
    assert {stage.code: (stage.label, stage.kind) for stage in rules.procedure.stages.values()} == expected
    assert rules.procedure.initial == "RECEIVED"
    assert rules.procedure.main_line == (
        "RECEIVED", "ACCEPTED", "EXAMINING", "PASSED", "FILED", "CONSISTENCY", "TAGGED", "GRANT_NOTICE", "GRANTED",
    )  # fmt: skip


def test_fields_and_which_names_are_checked(rules: Rules) -> None:
    fields = rules.fields.fields
    assert {entry.id: (entry.label, entry.status == "已核对") for entry in fields} == FIELDS
    assert {entry.list_status for entry in fields} == {"待核对"}, "a derived list never speaks against a case"
