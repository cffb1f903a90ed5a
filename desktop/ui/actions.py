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
    answering a bool (empty: always). ``menu`` groups it in the menu, the palette and the key table."""

    id: str
    label: str
    menu: str
    scope: str
    handler: str
    shortcuts: tuple[str, ...] = ()
    enabled: str = ""
    palette: bool = True

    @property
    def keys(self) -> str:
        """The first shortcut as shown to people."""
        return shown_keys(self.shortcuts[0]) if self.shortcuts else ""


WINDOW = (
    Action("window.search", "查找案件", "查看", "window", "focus_search", ("Ctrl+F",)),
    Action("window.palette", "命令面板", "查看", "window", "show_palette", ("Ctrl+K",), palette=False),
    Action("window.queue", "预审队列", "查看", "window", "show_queue", ("Ctrl+1",)),
    Action("window.settings", "设置", "查看", "window", "show_settings", ("Ctrl+,",)),
    Action("window.sync", "同步", "同步", "window", "show_sync", ("Ctrl+2",)),
    Action("window.sync_now", "立即同步", "同步", "window", "sync_now", ("Shift+F9",), "can_sync"),
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
    Action("queue.import", "导入平台导出表…", "案件", "queue", "import_list", ("I",), palette=False),
    Action("queue.record", "统一办理记录单", "案件", "queue", "show_record", ("Ctrl+P",), "has_current"),
    Action("queue.copy", "复制所选行（表格）", "案件", "queue.table", "copy_rows", ("Ctrl+C",), "has_selection"),
    Action("queue.all", "全选", "案件", "queue.table", "select_all_rows", ("Ctrl+A",)),
    Action("queue.filter", "按列筛选", "队列", "queue", "toggle_filters", ("Ctrl+Shift+L",)),
    Action("queue.clear", "清除全部条件", "队列", "queue", "clear_filters", ("Ctrl+Shift+X",)),
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
    Action("case.rest", "其余均符合", "办理", "case", "pass_the_rest", ("Ctrl+R",), "has_unanswered"),
    Action("case.compose", "由缺陷生成意见", "办理", "case", "compose_opinion", ("Ctrl+G",), "can_write"),
    Action("case.past", "历次意见", "办理", "case", "toggle_past", ("Ctrl+L",), "has_past"),
    Action("case.why", "为什么是这一天？", "办理", "case", "show_why", ("Ctrl+E",)),
    Action("case.dispute", "查看分歧并裁决…", "办理", "case", "show_dispute", ("Ctrl+D",), "is_contested"),
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
ACTIONS = WINDOW + QUEUE + CASE + SYNC


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
        method: Callable[[], object] = getattr(self._targets[entry.scope], entry.handler)
        return method

    def allowed(self, entry: Action) -> bool:
        """Whether it can be done now."""
        return not entry.enabled or bool(getattr(self._targets[entry.scope], entry.enabled)())

    def reachable(self, entry: Action) -> bool:
        """Whether its page is the one on the screen."""
        target = self._targets.get(entry.scope)
        return target is not None and (entry.scope == "window" or target.isVisible())

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
            item = menu.addAction(f"{tr(entry.label)}\t{entry.keys}", partial(self.run, entry.id))
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
