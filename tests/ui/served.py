"""A store with cases of several services, and a seventh service for publishing while the window is open."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from desktop.app.desk import Desk
from tests.app.desks import a_row, new_desk

TODAY = date(2026, 11, 25)
ME, CLERK = "林知远", "唐一宁"
STAFF = ((ME, "受理 预审员 复核 组长 承办人 保管人 管理员"), ("周明", "预审员 承办人"), (CLERK, "预审员"))
FIRST = "一种光纤光栅解调仪"
PARTY = "岱青光电试验有限公司"
NUMBER = "202619999999.5"


def make(folder: Path) -> None:
    """Closed again. The case with key 1 has a record with 优先审查, 快速维权 and 存证取证; 导航分析 was never used;
    an awaited date of 转化运用 is there since three days."""
    desk = new_desk(folder, staff=STAFF)
    rows = [
        a_row(received="2026-11-20", title=FIRST, party=PARTY, region="岱青市"),
        a_row(received="2026-11-23", title="一种舵轮结构", party="岱青机电试验有限公司", patent_type="实用新型"),
        a_row(received="2026-11-24", title="炒菜机", party=PARTY, patent_type="外观设计"),
    ]
    desk.take_in(rows, actor=ME, source="清单.xlsx", today=TODAY)

    def begin(procedure: str, on: date, beside: int | None = None, **values: str) -> int:
        return desk.open_case(procedure, values, actor=ME, on=on, today=TODAY, beside=beside).key

    begin("priority", date(2026, 9, 14), 1, category="发明申请", application_number=NUMBER, patent_type="发明")
    begin("enforcement", date(2026, 11, 3), category="专利侵权纠纷行政裁决", title="侵犯外观设计专利权纠纷",
          party="岱青机电试验有限公司", respondent="岱青商贸试验有限公司")
    begin("enforcement", date(2026, 11, 24), 1, category="行政调解", title="专利权属纠纷", respondent="岱青试验大学")
    begin("commercialisation", date(2026, 11, 2), category="专利公开实施清单", title="一种海水淡化膜",
          party="岱青试验大学", granted_on="2023-11-22")
    begin("evidence", date(2026, 11, 18), 1, category="网页", title="商品详情页", party=PARTY,
          obtained_at="2026-11-18T10:15+08:00", ref_case="SDYS-2026-0000001")
    desk.close()


def seventh(desk: Desk) -> str:
    """The document of a service of the centre's own: like 导航分析, under another name and number."""
    text = desk.export_document("service", "navigation")
    for before, after in (
        ('procedure = "navigation"', 'procedure = "training"'), ('id = "navigation"', 'id = "training"'),
        ('label = "导航分析"', 'label = "培育辅导"'), ('short = "导航分析"', 'short = "培育辅导"'),
        ('prefix = "SDDH"', 'prefix = "SDPY"'), ("order = 4", "order = 7"),
    ):
        assert before in text, before
        text = text.replace(before, after)
    return text
