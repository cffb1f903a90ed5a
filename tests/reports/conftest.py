"""A record like those that the desk prints, with made-up content."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.core.record import RecordSection, RecordTable, UnifiedRecord

RecordMaker = Callable[..., UnifiedRecord]

_OPINION = (
    "发出预审意见（第 1 次），计时暂停。权利要求 1 相对于对比文件 CN 110101010 A 不具备创造性；"
    "附图 3 的附图标记与说明书文字不一致。"
)


@pytest.fixture
def make_record() -> RecordMaker:
    """``make_record(party=, title=, actor=, journal=rows, seal=)``."""

    def make(
        party: str = "某海工装备有限公司",
        title: str = "一种桩腿半弦管形位误差的在线测量方法",
        actor: str = "张𬭎",
        journal: int = 4,
        seal: str = '{"case": "c-1", "hash": "7c1e"}',
    ) -> UnifiedRecord:
        texts = ("收件，材料 9 件", "受理，领域：海洋（完整命中）", _OPINION, "答复收到，计时恢复")
        rows = tuple(
            (str(at + 1), f"2026-11-{3 + at % 20:02d} 10:{at % 60:02d}", texts[at % 4], actor, "甲-1")
            for at in range(journal)
        )
        return UnifiedRecord(
            centre="某市知识产权保护中心",
            title="重点产业专利“一网通办”统一办理记录",
            matter_number="SDBL-2026-0000412",
            generated_at="2026-11-20 10:45（本机时间）",
            sections=(
                RecordSection("一、主体", (("单位名称", party), ("代理机构", "无"))),
                RecordSection("二、技术", (("发明名称", title), ("主分类号", "G01B 11/24"))),
                RecordSection(
                    "三、专利预审",
                    (("预审编号", "SDYS-2026-0001187"),),
                    RecordTable(
                        ("环节", "起", "止", "是否按期"),
                        (("受理", "2026-11-03", "2026-11-04", "按期"), ("复审核", "2026-11-16", "—", "超期 1")),
                        (40, 10, 10, 12),
                        frozenset({1}),
                    ),
                ),
                RecordSection("四、优先审查"),
                RecordSection("五、快速维权"),
                RecordSection(
                    "九、办理流水",
                    table=RecordTable(("序号", "时间", "环节、操作", "经办", "站点"), rows, (7, 19, 44, 11, 9)),
                ),
            ),
            signatures=("经办", "复核", "负责人", "日期", "（盖章）"),
            notes=("口径：工作日按已公布的 2026 年安排。", "快审工作台 0.1.0"),
            verification="7c1e-40aa-93d2-58bf",
            seal=seal,
        )

    return make
