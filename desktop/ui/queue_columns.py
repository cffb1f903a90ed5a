"""The columns of a queue as data: what they show, how wide they start, by what they sort and filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.app.queue_views import QueueRow, ServiceView
from desktop.ui.i18n import tr
from desktop.ui.service_words import begins_by_list, category_word, number_word, party_word, short_category
from desktop.ui.widgets.clocks import due_mark

CONTESTED = "待裁决"
STRATEGIC = "★战略"
#: The longest category that a column makes room for by itself.
CATEGORY_GLYPHS = 6


@dataclass(frozen=True)
class Column:
    """``text`` gives the cell; ``sort`` and ``filter`` are columns of the query, empty when it cannot.

    ``rank``: 0 is always shown at first, 1, 2, … while there is room, -1 only when a person asks for it.
    ``ample`` is a text that it makes room for where there is more than enough.
    ``word`` gives the title where services call it differently; ``fact``: only where cases can hold that fact."""

    id: str
    title: str
    sample: str
    text: Callable[[QueueRow], str]
    sort: str = ""
    filter: str = ""
    rank: int = 0
    tip: str = ""
    word: Callable[[ServiceView], str] | None = None
    fact: str = ""
    ample: str = ""

    def title_for(self, service: ServiceView) -> str:
        """The head of this column in one service."""
        return self.word(service) if self.word else tr(self.title)

    def sample_for(self, service: ServiceView) -> str:
        """The text whose width the column begins with."""
        if self.id == "number" and not begins_by_list(service):
            return "SDWQ-2026-0000000"  # a W takes more room
        if self.id != "type":
            return self.sample
        longest = max(map(short_category, service.categories), key=len, default=self.sample)
        return max(self.sample, longest[:CATEGORY_GLYPHS], key=len)

    def rank_for(self, service: ServiceView) -> int:
        """The rank in one service: classes decide pre-examination, elsewhere they are one fact among others."""
        return 5 if self.id == "class" and not begins_by_list(service) else self.rank

    def ample_for(self, service: ServiceView) -> str:
        """The text that the column would rather have room for, where there is more than enough."""
        if self.id == "type":
            return max(map(short_category, service.categories), key=len, default=self.sample)
        return self.ample or self.sample

    def fits(self, service: ServiceView) -> bool:
        """Whether cases of this service can have anything in it."""
        if self.id in ("round", "field"):
            return service.has_rounds if self.id == "round" else service.has_field
        return not self.fact or self.fact in service.facts


def _round(row: QueueRow) -> str:
    return str(row.round) if row.round else "—"


def _stage(row: QueueRow) -> str:
    # Neither of the disputed outcomes is shown as the present stage without saying so.
    return tr("◆ 待裁决 · {stage}", stage=row.stage_label) if CONTESTED in row.flags else row.stage_label


def _party(row: QueueRow) -> str:
    return f"{tr(STRATEGIC)} {row.party}" if row.strategic else row.party


def _due(row: QueueRow) -> str:
    if row.due_on is None:
        return "—"
    return row.due_on.isoformat() + (f" {tr('暂定')}" if row.provisional else "")


COLUMNS = (
    Column("remaining", "余日", "‖ 10 暂停", lambda row: due_mark(row).words, "due_on",
           tip="距到期的工作日数。▲ 超期　◆ 今明到期　● 期限内　‖ 停表（保留剩余天数）　暂定：当年工作日历尚未发布\n"
           "起初战略主体在前，再按到期先后（★↑）；单击改为只按到期"),
    Column("number", "案号", "SDYS-2026-0000000", lambda row: row.number, "number", "number", word=number_word),
    Column("title", "名称", "一种钻井平台桩", lambda row: row.title, "title", "title",
           word=lambda service: service.words.title),
    Column("type", "类型", "新型", lambda row: short_category(row.category), "category", "category",
           word=category_word),
    Column("class", "主分类号", "H01L 31/047", lambda row: row.main_class or "—", "main_class", "main_class",
           fact="main_class"),
    Column("field", "领域", "新一代信息技术", lambda row: row.field or tr("未归入"), "field", "field",
           rank=2),
    Column("party", "主体", "烟台海工装备", _party, "party", "party", word=party_word,
           ample="烟台某海工装备股份有限公司"),
    Column("stage", "环节", "已发意见待答复", _stage, "stage", "", ample="预审合格待正式提交"),
    Column("round", "轮次", "轮次", _round, "round", rank=4),
    Column("examiner", "承办", "欧阳明", lambda row: row.examiner or "—", "examiner", "examiner",
           word=lambda service: service.words.person),
    Column("received", "收件", "2026-11-22", lambda row: row.received_on.isoformat(), "received_on", "received_on",
           rank=3),
    Column("due", "到期", "2026-11-22 暂定", _due, "due_on", "due_on", rank=1,
           tip="当前走时的期限到哪一天；按工作日历推算"),
    Column("platform", "平台案号", "YS202611220001234", lambda row: row.platform_number or "—", "platform_number",
           "platform_number", rank=-1, fact="platform_number"),
    Column("region", "地区", "济南市历下区", lambda row: row.region or "—", "", "region", rank=-1, fact="region"),
    Column("agency", "代理机构", "济南某专利代理事务所", lambda row: row.agency or "—", "", "agency", rank=-1,
           fact="agency"),
    Column("application", "申请号", "202610123456.7", lambda row: row.application_number or "—", "application_number",
           "application_number", rank=-1, fact="application_number"),
    Column("flags", "标记", "资助·前案", lambda row: "·".join(row.flags) or "", "", "flags", rank=-1),
)
BY_ID = {column.id: index for index, column in enumerate(COLUMNS)}
