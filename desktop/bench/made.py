"""Made-up cases: the same seed gives the same ones. No name in here is anybody's.

A few hundred histories are decided by the real rules (``core.decide``); a case is one of them with a title, a party
and numbers of its own, so that a million cases are made in minutes and every event has its true shape.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stdnum.cn import uscc

from desktop.core.case import CaseEvent, CaseState, advance
from desktop.core.context import Command, Context
from desktop.core.decide import decide
from desktop.core.identifiers import application_check_digit
from desktop.core.opening import open_case
from desktop.core.rulebook import RuleBook
from desktop.core.terms import PatentType

TODAY = date(2026, 11, 20)
PROCEDURE = "preexam"
EXAMINERS = ("甲审查", "乙审查", "丙审查", "丁审查", "戊审查", "己审查")
CLERK, REVIEWER = "收件员", "复核员"

_MANNERS = (
    "自动 智能 高效 低温 高压 柔性 便携 远程 分布式 多级 可调 防水 耐磨 节能 静音 模块化 快速 精密 双向 联动 "
    "无线 可回收 抗菌 轻量 高强 连续 恒温 真空 微型 复合"
).split()
_THINGS = (
    "海带 扇贝 牡蛎 焊缝 轴承 齿轮 电池 光伏 风机 船舶 桥梁 隧道 盾构 玻璃 陶瓷 橡胶 轮胎 纤维 涂层 催化剂 "
    "传感器 雷达 图像 语音 病历 影像 血糖 骨科 疫苗 抗体 芯片 晶圆 存储器 网关 基站 机器人 机械臂 无人机 "
    "叉车 输送带 阀门 水泵 压缩机 换热器 锅炉 脱硫 污水 污泥 土壤 秸秆 种子 温室 奶牛 饲料"
).split()
_DEEDS = (
    "检测 识别 分拣 清洗 焊接 装配 输送 冷却 干燥 过滤 监测 预警 调度 加工 成型 打磨 喷涂 封装 校准 回收 "
    "养殖 采收 诊断 配送 压制 切割 拼接 定位 控制 净化"
).split()
_ENDINGS = "方法 装置 系统 设备 方法及系统 装置及方法 工艺 结构 机构 组件 电路 平台 材料 存储介质".split()
_PLACES = "齐北 临海 青阳 东川 河口 沂源 泉城 岛西 莱湾 长山".split()
_TRADES = "机械 电子 生物 材料 海洋 信息 环保 能源 医药 农业 光电 精密".split()
_IPC = (
    "G06F 16/29", "G06N 3/08", "G06T 7/00", "H04L 67/10", "B63B 35/00", "A01K 61/54", "E02B 3/06", "B23K 26/38",
    "B25J 9/16", "F16C 19/06", "B65G 47/90", "A61K 31/70", "A61B 5/00", "C12N 15/10", "G01N 33/53", "C08L 23/06",
    "H01M 10/05", "C02F 1/44", "B01D 53/14", "F03D 7/02",
)  # fmt: skip
_LOCARNO = ("14-01", "12-06", "15-09", "24-01", "28-01", "08-05")

# How cases go: (action, days after the step before). "opened" comes first by itself.
_TO_PASS = (("accept", 2), ("assign", 0), ("note", 3), ("issue_opinion", 4), ("reply", 3), ("recheck", 1), ("pass", 5))
_TO_GRANT = (*_TO_PASS, ("file", 5), ("upload", 6), ("tag", 1), ("grant_notice", 40), ("grant", 60))
_SHORT = (("refuse", 2),), (("withdraw", 1),)
_VALUES: dict[str, dict[str, str]] = {
    "accept": {"checklist": "符合"},
    "note": {"note": "已与代理机构电话核对附图页数，按补充材料办理。"},
    "reply": {"reply": "已按意见修改权利要求并提交修改对照页。"},
    "pass": {"checklist": "符合", "reviewer": REVIEWER},
    "tag": {"consistency": "一致"},
    "refuse": {"reason_code": "N01", "explanation": "申请主体未完成备案。"},
    "withdraw": {"reason": "申请人主动撤回。"},
}
_OPINION = "经审查，权利要求第 1 项与第 7 项引用关系不符合规定，请在规定期限内修改并提交修改对照页。" * 3


@dataclass(frozen=True)
class Step:
    """One event with who made it."""

    event: CaseEvent
    actor: str
    role: str


@dataclass(frozen=True)
class Case:
    """One case to be recorded: identity, basis and steps."""

    id: str
    basis: dict[str, str]
    steps: tuple[Step, ...]


class Maker:
    """``long_share`` of the cases go the whole way to the grant, ``open_share`` stand somewhere on it, the rest
    were refused or withdrawn soon."""

    def __init__(self, book: RuleBook, *, open_share: float, long_share: float, seed: int = 7) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the point is that it repeats itself
        self._open_share, self._long_share = open_share, long_share
        self._parties = [self._party() for _ in range(400)]
        self._whole, self._short, self._open = [], [], []
        for number in range(24):  # each type, several dates: enough variety for indexes and calendars
            kind = list(PatentType)[number % 3]
            ended_on = TODAY - timedelta(days=200 + 37 * number)
            self._whole.append(self._history(book, kind, ended_on, _TO_GRANT))
            self._short.append(self._history(book, kind, ended_on + timedelta(days=100), _SHORT[number % 2]))
        for number in range(120):
            kind = list(PatentType)[number % 3]
            taken = number % (len(_TO_GRANT) - 1)
            started = TODAY - timedelta(days=3 * taken + number % 17)
            self._open.append(self._history(book, kind, started, _TO_GRANT[:taken]))

    def cases(self, count: int, first: int = 1) -> Iterator[Case]:
        """``count`` cases numbered from ``first`` on."""
        chance = self._chance
        for serial in range(first, first + count):
            lot = chance.random()
            if lot < self._open_share:
                history = chance.choice(self._open)
            else:
                history = chance.choice(self._whole if lot < self._open_share + self._long_share else self._short)
            yield self._stamped(history, serial)

    def title(self) -> str:
        pick = self._chance.choice
        return f"一种{pick(_THINGS)}{pick(_MANNERS)}{pick(_THINGS)}{pick(_DEEDS)}{pick(_ENDINGS)}"

    def facts(self, serial: int, kind: PatentType, received: date) -> dict[str, str]:
        """What a list says of a case."""
        main = self._chance.choice(_LOCARNO if kind is PatentType.DESIGN else _IPC)
        return {
            **self._own_facts(serial),
            "received_on": received.isoformat(),
            "patent_type": kind.value,
            "main_class": main,
            "classes": main,
        }

    def _own_facts(self, serial: int) -> dict[str, str]:
        return {
            "title": self.title(),
            "platform_number": f"ZZ9990{2020 + serial % 7}{serial:08d}",
            **self._chance.choice(self._parties),
        }

    def _party(self) -> dict[str, str]:
        pick = self._chance.choice
        digits = f"9137{self._chance.randrange(10**4):04d}MA{self._chance.randrange(10**7):07d}"
        return {
            "party": f"{pick(_PLACES)}{pick(_TRADES)}{pick(_DEEDS)}科技有限公司",
            "uscc": digits + uscc.calc_check_digit(digits),
            "region": f"{pick(_PLACES)}区",
            "agency": f"{pick(_PLACES)}{pick(_TRADES)}专利代理事务所",
            "contact": f"联系人{self._chance.randrange(100):02d}",
            "phone": f"1390000{self._chance.randrange(10**4):04d}",
        }

    def _history(
        self, book: RuleBook, kind: PatentType, received: date, way: Sequence[tuple[str, int]]
    ) -> tuple[dict[str, str], tuple[Step, ...]]:
        rules = book.rules(book.basis_on(PROCEDURE, received.isoformat()))
        context = Context(rules, book.calendar, {}, TODAY)
        opened = open_case(self.facts(0, kind, received), "", context, "清单.xlsx 第 3 行")
        steps = [Step(opened, CLERK, "受理")]
        case = CaseState()
        advance(case, opened)
        on = received
        for action, days in way:
            on += timedelta(days=days)
            values = self._values(action, kind, context)
            decision = decide(case, Command(action, values, EXAMINERS[0], on), context)
            for event in decision.events:
                advance(case, event)
                steps.append(Step(event, values.get("examiner", CLERK), decision.role.value))
        return {**rules.basis, "calendar": f"{book.calendar.last_year}/{book.calendar.version}"}, tuple(steps)

    def _values(self, action: str, kind: PatentType, context: Context) -> dict[str, str]:
        if action == "assign":
            return {"examiner": self._chance.choice(EXAMINERS)}
        if action == "file":
            return {"application_number": application_number(kind, self._chance.randrange(10**7))}
        if action in ("issue_opinion", "pass"):
            rule = context.rules.procedure.actions[action]
            category = context.rules.procedure.category_of({"patent_type": kind.value})
            checklist = context.rules.checklists.named(rule.checklist, category)
            assert checklist is not None  # every type has its list
            item = checklist.items[0].id
            if action == "pass":
                return {**_VALUES["pass"], item: "符合"}
            return {"opinion": _OPINION, item: "缺陷", f"{item}.note": "引用关系不符合规定"}
        return _VALUES.get(action, {})

    def _stamped(self, history: tuple[dict[str, str], tuple[Step, ...]], serial: int) -> Case:
        basis, steps = history
        own = self._own_facts(serial)
        kind = PatentType(steps[0].event.payload["facts"]["patent_type"])
        changed = [_opened_for(steps[0], own, f"ZZYS-2026-{serial:07d}")]
        for step in steps[1:]:
            if step.event.payload["action"] == "file":
                step = _filed_as(step, application_number(kind, serial % 10**7))
            changed.append(step)
        return Case(f"{serial:012x}", basis, tuple(changed))


def application_number(kind: PatentType, serial: int) -> str:
    digit = {PatentType.INVENTION: 1, PatentType.UTILITY: 2, PatentType.DESIGN: 3}[kind]
    digits = f"2026{digit}{serial:07d}"
    return f"{digits}.{application_check_digit(digits)}"


def _opened_for(step: Step, own: dict[str, str], number: str) -> Step:
    payload = dict(step.event.payload)
    payload["number"] = number
    payload["facts"] = {**payload["facts"], **own}
    return _with_payload(step, payload)


def _filed_as(step: Step, number: str) -> Step:
    payload = dict(step.event.payload)
    for part in ("values", "facts"):
        payload[part] = {**payload[part], "application_number": number}
    return _with_payload(step, payload)


def _with_payload(step: Step, payload: dict[str, Any]) -> Step:
    event = step.event
    return Step(CaseEvent(event.type, event.version, event.occurred_on, payload), step.actor, step.role)
