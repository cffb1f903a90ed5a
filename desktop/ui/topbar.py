"""The top of the window: one search box, the state of the store, who sits here."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QWidget

from desktop.app.queue_views import StaffMember
from desktop.ui.i18n import tr

REST_MS = 200


class SearchBox(QLineEdit):
    """``searched(text)`` when typing rests or Enter is pressed; ``left()`` when the person goes on to the list."""

    searched = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search")
        self.setPlaceholderText(tr("查找案号、名称、主体、代理、分类号…（两个字即可）"))
        self.setAccessibleName(tr("查找案件"))
        self.setClearButtonEnabled(True)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._say)
        self.textChanged.connect(lambda _text: self._rest.start())
        self._said = ""
        self._hint = QLabel("Ctrl F", self)
        self._hint.setObjectName("key")
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(lambda text: self._hint.setVisible(not text))
        self.installEventFilter(self)

    def show_scope(self, service: str) -> None:
        """Say whose cases are looked through; those of all services are the palette's."""
        self.setPlaceholderText(tr("在{service}中查找案号、名称、主体、代理、分类号…", service=service))
        self.setAccessibleName(tr("在{service}中查找案件", service=service))
        self.setToolTip(tr("两个字即可；在各项业务中一起查找：Ctrl K"))

    def put(self, text: str) -> None:
        """Show a text without asking for it again."""
        self._said = text
        self.setText(text)
        self._rest.stop()

    def _say(self) -> None:
        self._rest.stop()
        text = self.text().strip()
        if text != self._said:
            self._said = text
            self.searched.emit(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self and event.type() == QEvent.Type.Resize:
            size = self._hint.sizeHint()
            self._hint.setGeometry(self.width() - size.width() - 8, (self.height() - size.height()) // 2,
                                   size.width(), size.height())
        if watched is self and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
                self._say()
                self.left.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
                self._say()
                self.left.emit()
                return True
        return False


class TopBar(QFrame):
    """``person_chosen(name)`` when another name is taken from the menu, ``state_asked`` from the state of sync."""

    person_chosen = Signal(str)
    state_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 14, 7)
        row.setSpacing(12)
        self.search = SearchBox(self)
        self.search.setMaximumWidth(620)
        row.addWidget(self.search, 3)
        self.palette_button = QPushButton(self)
        self.palette_button.setObjectName("pill")
        self.palette_button.setText(tr("命令 Ctrl K"))
        row.addWidget(self.palette_button)
        row.addStretch(1)
        self.state = QPushButton(self)
        self.state.setObjectName("pill")
        self.state.clicked.connect(self.state_asked)
        row.addWidget(self.state)
        self.person = QPushButton(self)
        self.person.setObjectName("pill")
        self.person.setToolTip(tr("换人办理（Ctrl Shift U）"))
        self.person.clicked.connect(self.choose_person)
        self.person.hide()
        row.addWidget(self.person)
        self._staff: tuple[StaffMember, ...] = ()
        self._actor = ""
        self.show_state()

    def show_state(self, words: str = "", tip: str = "", kind: str = "") -> None:
        """How this station stands with the others; empty while no store is open. ``kind`` colours it."""
        self.state.setText(words or tr("○ 尚未打开"))
        self.state.setToolTip(tip)
        self.state.setAccessibleName(words)
        self.state.setEnabled(bool(words))
        if self.state.property("kind") != kind:
            self.state.setProperty("kind", kind)
            self.state.style().unpolish(self.state)
            self.state.style().polish(self.state)

    def show_person(self, station: str, actor: str, staff: tuple[StaffMember, ...]) -> None:
        """Station, who acts, and who else could."""
        self._staff, self._actor = staff, actor
        self.person.setText(" · ".join(part for part in (station, actor) if part) + " ▾")
        self.person.show()

    def choose_person(self) -> None:
        """The menu of names."""
        if not self._staff:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for member in self._staff:
            item = menu.addAction(f"{member.name}　{'、'.join(member.roles)}",
                                  partial(self.person_chosen.emit, member.name))
            item.setCheckable(True)
            item.setChecked(member.name == self._actor)
        menu.popup(self.person.mapToGlobal(self.person.rect().bottomLeft()))
