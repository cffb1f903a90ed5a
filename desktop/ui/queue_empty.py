"""What an empty list says: why nothing is there, and the way on."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.app.queue_views import QueueCounts, ServiceView
from desktop.ui.i18n import tr
from desktop.ui.service_words import begins_by_list

BEGIN_BY_LIST, BEGIN, CLEAR, SHOW_ENDED = "import", "new", "clear", "ended"


def empty_words(service: ServiceView, counts: QueueCounts, conditions: Sequence[str]) -> tuple[str, str, str]:
    """(sentence, word on the button, what the button does: one of the names above)."""
    if not counts.views.get("all", 0):
        if begins_by_list(service):
            return (
                tr("还没有案件。把平台导出的表拖到窗口里，或按 Ctrl＋I 导入；只有一件时按 Ctrl＋N 新建。"),
                tr("导入平台导出表…"), BEGIN_BY_LIST,
            )
        return (
            tr("还没有“{service}”的案件。按 Ctrl＋N 新建；\n为已有案件另办的，在那一件上按 Ctrl＋Shift＋N。",
               service=service.label),
            tr("新建…"), BEGIN,
        )
    if conditions:
        said = tr("没有符合条件的案件：{what}", what="，".join(conditions))
        if any(condition.startswith(tr("查找：")) for condition in conditions):
            said += "\n" + tr("在各项业务中一起查找，按 Ctrl＋K。")
        return said, tr("清除全部条件"), CLEAR
    return tr("没有在办的案件，都办结了。"), tr("查看已办结"), SHOW_ENDED
