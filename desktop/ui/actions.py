"""Every action of the window as data: menus, buttons, the palette, shortcuts and the key table come from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QInputMethodEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from desktop.ui.i18n import tr


@dataclass(frozen=True)
class Action:
    """``scope`` names where it works: ``window``, or a page of the window by its name (``queue``, ``case``,
    ``sync``), or a part of one (``queue.table``). ``handler`` is a method of that object, ``enabled`` a method
    answering a bool (empty: always). ``menu`` groups it in the menu, the palette and the key table.

    ``argument``: what handler, ``enabled`` and ``label_of`` are called with; ``label_of`` is a method that names the
    action as things are now (empty text: there is no such thing, and it is offered nowhere)."""

    id: str
    label: str
    menu: str
    scope: str
    handler: str
    shortcuts: tuple[str, ...] = ()
    enabled: str = ""
    palette: bool = True
    argument: int | None = None
    label_of: str = ""

    @property
    def keys(self) -> str:
        """The first shortcut as shown to people."""
        return shown_keys(self.shortcuts[0]) if self.shortcuts else ""


#: So many services have a key of their own, in the order of the rail.
KEYED_SERVICES = 9

SERVICES = tuple(
    Action(f"window.service{place}", f"左侧第 {place} 项业务", "业务", "window", "show_service_at", (f"Ctrl+{place}",),
           "has_service_at", argument=place, label_of="service_label")
    for place in range(1, KEYED_SERVICES + 1)
)
WINDOW = (
    Action("window.search", "查找案件", "查看", "window", "focus_search", ("Ctrl+F",)),
    Action("window.palette", "命令面板", "查看", "window", "show_palette", ("Ctrl+K",), palette=False),
    Action("window.parties", "备案主体和代理机构", "查看", "window", "show_parties", ("Ctrl+0",)),
    Action("window.settings", "设置", "查看", "window", "show_settings", ("Ctrl+,",)),
    Action("window.sync", "同步", "同步", "window", "show_sync", ("Ctrl+Shift+S",)),
    Action("window.sync_now", "立即同步", "同步", "window", "sync_now", ("Shift+F9",), "can_sync"),
    Action("window.new", "新建案件…", "案件", "window", "open_new", ("Ctrl+N",), "can_open_new"),
    Action("window.evidence", "收入证据文件…", "案件", "window", "choose_evidence", ("Ctrl+Shift+E",),
           "takes_evidence"),
    Action("window.import", "导入平台导出表…", "案件", "window", "show_import", ("Ctrl+I",)),
    Action("window.person", "换人办理…", "查看", "window", "choose_person", ("Ctrl+Shift+U",)),
    Action("window.theme", "切换浅色／深色", "查看", "window", "toggle_theme", ("Ctrl+Shift+D",)),
    Action("window.help", "本页说明和键盘一览", "帮助", "window", "show_help", ("F1",)),
    Action("window.menu", "全部操作", "帮助", "window", "show_menu", ("Ctrl+M",), palette=False),
    Action("window.quit", "退出", "查看", "window", "close", ("Ctrl+Q",)),
)
QUEUE = (
    Action("queue.open", "继续办理", "案件", "queue.table", "open_current", ("Return", "Enter"), "has_current"),
    Action("queue.next", "办理下一件", "案件", "queue", "open_next", ("N",)),
    Action("queue.assign", "分案…", "案件", "queue", "assign", ("A",), "has_selection"),
    Action("queue.import", "导入平台导出表…", "案件", "queue", "import_list", ("I",), "can_import", palette=False),
    Action("queue.package", "由申请文件新建…", "案件", "queue", "choose_package", ("Ctrl+Shift+O",), "takes_packages"),
    Action("queue.start", "为此案另办一项…", "案件", "queue", "start_another", ("Ctrl+Shift+N",), "has_current"),
    Action("queue.record", "统一办理记录单", "案件", "queue", "show_record", ("Ctrl+P",), "has_current"),
    Action("queue.notices", "打印文书…", "案件", "queue", "print_notices", ("Ctrl+Shift+P",), "has_selection"),
    Action("queue.copy", "复制所选行（表格）", "案件", "queue.table", "copy_rows", ("Ctrl+C",), "has_selection"),
    Action("queue.all", "全选", "案件", "queue.table", "select_all_rows", ("Ctrl+A",)),
    Action("queue.filter", "按列筛选", "队列", "queue", "toggle_filters", ("Ctrl+Shift+L",)),
    Action("queue.clear", "清除全部条件", "队列", "queue", "clear_filters", ("Ctrl+Shift+X",)),
    Action("queue.category", "按类型筛选…", "队列", "queue", "choose_category", ("T",)),
    Action("queue.referral", "报送表…", "队列", "queue", "choose_referral", ("Ctrl+Shift+R",), "has_referrals"),
    Action("queue.columns", "选择列…", "队列", "queue", "choose_columns", ()),
    Action("queue.pane", "显示或隐藏案件简要", "队列", "queue", "toggle_brief", ("Ctrl+B",)),
    Action("queue.why", "为什么是这一天？", "队列", "queue", "toggle_why", ("W",), "has_current"),
    Action("queue.refresh", "刷新", "队列", "queue", "refresh", ("F5",)),
)
CASE = (
    Action("case.back", "返回队列", "办理", "case", "back", ("Esc", "Alt+Left")),
    Action("case.previous", "上一件", "办理", "case", "open_previous", ("Alt+Up",)),
    Action("case.next", "下一件", "办理", "case", "open_next", ("Alt+Down",)),
    Action("case.record", "统一办理记录单", "办理", "case", "show_record", ("Ctrl+P",)),
    Action("case.notices", "文书…", "办理", "case", "show_notices", ("Ctrl+Shift+P",), "has_notices"),
    Action("case.rest", "其余均符合", "办理", "case", "pass_the_rest", ("Ctrl+R",), "has_unanswered"),
    Action("case.compose", "由缺陷生成意见", "办理", "case", "compose_opinion", ("Ctrl+G",), "can_write"),
    Action("case.phrase", "插入意见短语…", "办理", "case", "pick_phrase", ("Ctrl+H",), "can_write"),
    Action("case.past", "历次意见", "办理", "case", "toggle_past", ("Ctrl+L",), "has_past"),
    Action("case.why", "为什么是这一天？", "办理", "case", "show_why", ("Ctrl+E",)),
    Action("case.dispute", "查看分歧并裁决…", "办理", "case", "show_dispute", ("Ctrl+D",), "is_contested"),
    Action("case.matter", "关联的各项办理", "办理", "case", "show_matter", ("Ctrl+T",)),
    Action("case.start", "为此案另办一项…", "办理", "case", "start_another", ("Ctrl+Shift+N",), "has_case"),
    Action("case.join", "归入其他办理记录…", "办理", "case", "join_matter", ("Ctrl+J",), "has_case"),
    Action("case.leave", "移出办理记录…", "办理", "case", "leave_matter", (), "may_leave"),
    Action("case.party", "查看主体登记", "办理", "case", "show_party", ("Ctrl+B",), "has_case"),
    Action("case.package", "申请文件和初步判断", "办理", "case", "show_package", ("Ctrl+Shift+Y",), "takes_package"),
    Action("case.package_add", "添加申请文件…", "办理", "case", "add_package", ("Ctrl+Shift+O",), "takes_package"),
    Action("case.compare", "比对合格文本与提交文本…", "办理", "case", "compare_texts", ("Ctrl+Shift+K",),
           "takes_package"),
    Action("case.accept", "采纳初步判断", "办理", "case.findings", "accept_finding", (), "has_finding"),
    Action("case.accept_edited", "改写后采纳…", "办理", "case.findings", "edit_finding", ("E",), "has_finding"),
    Action("case.dismiss", "不采纳初步判断…", "办理", "case.findings", "dismiss_finding", ("D", "Del"), "has_finding"),
    Action("case.reopen", "收回对初步判断的处理", "办理", "case.findings", "reopen_finding", ("U",), "has_finding"),
    Action("case.attach", "添加文件…", "办理", "case", "attach_files", ("Ctrl+O",)),
    Action("case.part", "换到下一区域", "办理", "case", "next_part", ("F6",)),
    Action("case.tab_next", "下一页签", "办理", "case", "next_tab", ("Ctrl+PgDown",)),
    Action("case.tab_previous", "上一页签", "办理", "case", "previous_tab", ("Ctrl+PgUp",)),
    Action("case.blocked", "不可用操作及原因", "办理", "case", "show_blocked", ("Ctrl+U",)),
)
SYNC = (
    Action("sync.export", "导出交换包…", "同步", "sync", "export", ("Ctrl+E",), "is_joined"),
    Action("sync.import", "导入交换包…", "同步", "sync", "import_bundle", ("Ctrl+O",), "is_joined"),
    Action("sync.join", "加入中心…", "同步", "sync", "join", ("Ctrl+J",), "may_join"),
    Action("sync.verify", "核验本机数据", "同步", "sync", "verify", ("Ctrl+Shift+V",)),
    Action("sync.disputes", "待裁决的案件", "同步", "sync", "show_disputes", ("Ctrl+D",), "is_joined"),
    Action("sync.refresh", "刷新", "同步", "sync", "reload", ("F5",)),
    Action("sync.tab_next", "下一页签", "同步", "sync", "next_tab", ("Ctrl+PgDown",), "is_joined"),
    Action("sync.tab_previous", "上一页签", "同步", "sync", "previous_tab", ("Ctrl+PgUp",), "is_joined"),
)
PARTIES = (
    Action("parties.open", "查看这个登记", "登记", "parties.table", "open_current", ("Return", "Enter"), "has_current"),
    Action("parties.copy", "复制这一行（表格）", "登记", "parties.table", "copy_row", ("Ctrl+C",), "has_current"),
    Action("parties.add", "登记主体或机构…", "登记", "parties", "add"),
    Action("parties.import", "导入名单…", "登记", "parties", "import_list", ("I",)),
    Action("parties.duplicates", "重复登记…", "登记", "parties", "show_duplicates", ("Ctrl+Shift+G",)),
    Action("parties.amend", "更正…", "登记", "parties", "amend", ("E",), "has_party"),
    Action("parties.find", "登记认定…", "登记", "parties", "find", ("R",), "has_party"),
    Action("parties.appeal", "申诉结果…", "登记", "parties", "appeal", ("P",), "has_party"),
    Action("parties.sanction", "采取措施…", "登记", "parties", "sanction", ("M",), "has_party"),
    Action("parties.dismiss", "不采纳建议…", "登记", "parties", "dismiss", ("D",), "has_party"),
    Action("parties.lift", "解除处理…", "登记", "parties", "lift", ("L",), "has_party"),
    Action("parties.refuse", "登记不通过…", "登记", "parties", "refuse", ("U",), "has_party"),
    Action("parties.notices", "文书（通知书）…", "登记", "parties", "papers", ("Ctrl+P",), "has_party"),
    Action("parties.quota", "核定额度…", "登记", "parties", "grant", ("Q",), "has_party"),
    Action("parties.merge", "并入另一个登记…", "登记", "parties", "merge", ("G",), "has_party"),
    Action("parties.separate", "取消合并…", "登记", "parties", "separate", (), "has_party"),
    Action("parties.note", "备注…", "登记", "parties", "note", ("B",), "has_party"),
    Action("parties.search", "在登记中查找", "登记", "parties", "focus_box", ("Ctrl+L", "F")),
    Action("parties.kind", "换看主体或代理机构", "登记", "parties", "turn_kind", ("T",)),
    Action("parties.proposals", "只看有建议的", "登记", "parties", "turn_proposals", ("J",)),
    Action("parties.clear", "清除全部条件", "登记", "parties", "clear", ("Ctrl+Shift+X",)),
    Action("parties.back", "返回列表", "登记", "parties", "leave_pane", ("Esc", "Alt+Left")),
    Action("parties.pane", "显示或隐藏右侧", "登记", "parties", "toggle_pane", ("Ctrl+B",)),
    Action("parties.part", "换到下一区域", "登记", "parties", "next_part", ("F6",)),
    Action("parties.tab_next", "下一页签", "登记", "parties", "next_tab", ("Ctrl+PgDown",)),
    Action("parties.tab_previous", "上一页签", "登记", "parties", "previous_tab", ("Ctrl+PgUp",)),
    Action("parties.refresh", "刷新", "登记", "parties", "refresh", ("F5",)),
)
ACTIONS = SERVICES + WINDOW + QUEUE + CASE + SYNC + PARTIES


def shown_keys(shortcut: str) -> str:
    """A shortcut as people read it on their keyboard."""
    return shortcut.replace("Return", "Enter").replace("+", " ")


def action(identity: str) -> Action:
    """One action by its id."""
    return next(entry for entry in ACTIONS if entry.id == identity)


class Actions(QObject):
    """The actions bound to the objects that do them. Pages bind when they exist; the window comes first."""

    def __init__(self, window: QWidget, entries: Iterable[Action] = ACTIONS) -> None:
        super().__init__(window)
        self.entries = tuple(entries)
        self._targets: dict[str, QWidget] = {}
        self._bound: dict[str, QAction] = {}
        self.bind("window", window)

    def bind(self, scope: str, target: QWidget, keys_on: QWidget | None = None) -> None:
        """Give a scope its object; its actions get their keys there, or on the given part of it."""
        self._targets[scope] = target
        for entry in self.entries:
            if entry.scope == scope:
                self._bound[entry.id] = self._bind(entry, keys_on or target)

    def _bind(self, entry: Action, holder: QWidget) -> QAction:
        bound = QAction(tr(entry.label), holder)
        bound.setObjectName(entry.id)
        bound.setShortcuts([QKeySequence(keys) for keys in entry.shortcuts])
        # The window's keys work everywhere, a page's while it has the focus, a part's (Enter, Ctrl+C in the
        # list) not even in the boxes inside it.
        bound.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut if entry.scope == "window"
            else Qt.ShortcutContext.WidgetShortcut if "." in entry.scope
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        bound.setToolTip(f"{tr(entry.label)}（{entry.keys}）" if entry.keys else tr(entry.label))
        bound.triggered.connect(lambda _checked=False: self.run(entry.id))
        holder.addAction(bound)
        return bound

    def __getitem__(self, identity: str) -> QAction:
        return self._bound[identity]

    def handler(self, entry: Action) -> Callable[[], object]:
        """The method that does it. AttributeError names a missing one."""
        return self._method(entry, entry.handler)

    def _method(self, entry: Action, name: str) -> Callable[[], object]:
        method: Callable[..., object] = getattr(self._targets[entry.scope], name)
        return method if entry.argument is None else partial(method, entry.argument)

    def label(self, entry: Action) -> str:
        """What it is called now; empty when there is no such thing."""
        return str(self._method(entry, entry.label_of)()) if entry.label_of else tr(entry.label)

    def allowed(self, entry: Action) -> bool:
        """Whether it can be done now."""
        return not entry.enabled or bool(self._method(entry, entry.enabled)())

    def reachable(self, entry: Action) -> bool:
        """Whether its page is the one on the screen."""
        target = self._targets.get(entry.scope)
        return target is not None and (entry.scope == "window" or target.isVisible()) and bool(self.label(entry))

    def run(self, identity: str) -> None:
        """Do it, if it can be done now."""
        entry = next(known for known in self.entries if known.id == identity)
        if self.allowed(entry):
            self.handler(entry)()

    def menu(self, parent: QWidget) -> QMenu:
        """Everything that can be reached now, grouped as in the key table. The menu deletes itself."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in dict.fromkeys(entry.menu for entry in self.entries):
            entries = [entry for entry in self.entries if entry.menu == name and self.reachable(entry)]
            if not entries:
                continue
            group = menu.addMenu(tr(name))
            self._fill(group, entries)
        return menu

    def context_menu(self, parent: QWidget, scope: str) -> QMenu:
        """What can be done on one page, for its right mouse button. The menu deletes itself."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, [entry for entry in self.entries if entry.scope.split(".")[0] == scope and entry.palette])
        return menu

    def _fill(self, menu: QMenu, entries: Iterable[Action]) -> None:
        for entry in entries:
            item = menu.addAction(f"{self.label(entry)}\t{entry.keys}", partial(self.run, entry.id))
            item.setEnabled(self.allowed(entry))


class ComposingGuard(QObject):
    """Keeps shortcuts silent while an input method composes: its keys choose characters, not actions."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._composing: QObject | None = None
        application.installEventFilter(self)

    @property
    def composing(self) -> bool:
        return self._composing is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            self._composing = watched if event.preeditString() else None
        elif kind == QEvent.Type.FocusOut and watched is self._composing:
            self._composing = None
        elif kind == QEvent.Type.ShortcutOverride and self._composing is not None:
            event.accept()
            return True
        return False
