"""Evidence in the window: files with both digests, time-stamps, the chain, the lock, writing out, trusted roots."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.core.custody import DIFFERS
from desktop.core.stamps import LOCAL_CLOCK
from desktop.ui.case_evidence import EvidencePanel
from desktop.ui.case_evidence_new import EvidenceOpening
from desktop.ui.case_evidence_roots import RootsSettings
from desktop.ui.case_evidence_rows import SHORT
from desktop.ui.case_evidence_stamp import StampDialog
from desktop.ui.case_evidence_verify import ReportDialog
from desktop.ui.case_files import AttachDialog
from desktop.ui.case_form import ActionForm
from desktop.ui.import_dialog import ImportDialog
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import new_desk, open_again
from tests.exchange.tsa import authority, root, token

from .registers import CLERK, LEAD, STAFF, WHO, Settled, desk_of, dialog_of, focus, notices, window_on

OPENING = {"category": "网页", "title": "某商品页面", "party": "岱青第二试验有限公司"}
CONTENTS = {"页面存档.pdf": b"page" * 9_000, "截图.png": b"picture" * 500}
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with one item in the shelf."""
    folder = tmp_path_factory.mktemp("evidence")
    desk = new_desk(folder / "data", staff=STAFF)
    desk.evidence.set_roots([root().pem], actor=LEAD)
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
    item = desk.evidence.add([folder / name for name in CONTENTS], OPENING, **WHO).item
    desk.act(item.number, "keep", {"storage_place": "一号柜", "examiner": LEAD}, **WHO)
    desk.close()
    return folder / "data"


@pytest.fixture
def window(
    made: Path, tmp_path: Path, worker: DeskWorker, theme: Theme, settled: Settled
) -> Iterator[Window]:
    folder = Path(shutil.copytree(made, tmp_path / "data"))
    with window_on(open_again(folder), worker, theme, settled) as window:
        yield window


@pytest.fixture
def panel(window: Window, settled: Settled) -> EvidencePanel:
    window.show_service("evidence")
    window.open_case(1)
    settled(window.worker)
    page = window.case_page()
    page.tabs.setCurrentWidget(page.files)
    settled(window.worker)
    return page.files.evidence


@pytest.fixture
def stamped(tmp_path: Path) -> Path:
    path = tmp_path / "页面存档.tst"
    path.write_bytes(token(CONTENTS["页面存档.pdf"], authority()))
    return path


def spoil(window: Window, panel: EvidencePanel, name: str) -> None:
    assert panel.item is not None
    sha256 = next(one.sha256 for one in panel.item.files if one.name == name)
    path = desk_of(window).directory / "attachments" / sha256[:2] / sha256
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(bytes(data))


def register(window: Window, panel: EvidencePanel, path: Path, settled: Settled) -> None:
    panel.stamp()
    dialog = dialog_of(window, StampDialog)
    dialog.path.setText(str(path))
    QTest.keyClick(dialog.path, Qt.Key.Key_Return)
    settled(window.worker)


def column(panel: EvidencePanel, number: int) -> list[str]:
    return [row.cells[number] for row in panel.files.texts.rows]


# ---------------------------------------------------------------- shown
def test_each_file_shows_both_digests_and_gives_them_whole(panel: EvidencePanel, window: Window) -> None:
    assert panel.item is not None
    assert column(panel, 0) == list(CONTENTS)
    first = panel.item.files[0]
    assert panel.files.texts.rows[0].cells[2:4] == (f"{first.sha256[:SHORT]}…", f"{first.sm3[:SHORT]}…")
    assert first.sha256 in panel.words.text()
    assert first.sm3 in panel.words.text()
    panel.copies["sha256"].click()
    assert QApplication.clipboard().text() == first.sha256
    panel.copies["sm3"].click()
    assert QApplication.clipboard().text() == first.sm3
    assert window._manual_page() == "evidence"


def test_the_chain_is_shown_with_its_clock_labelled(panel: EvidencePanel) -> None:
    (row,) = panel.chain.texts.rows
    assert row.cells[0] == "1"
    assert row.cells[2:5] == ("入库", LEAD, LEAD)
    assert row.cells[6] == "✓ 一致 2"
    assert panel.chain.texts.columns[1].title == LOCAL_CLOCK
    assert "不是可信时间" in panel._chain_head.text()
    panel.chain.setFocus()
    panel.chain.selectRow(0)
    assert panel.item is not None
    assert panel.item.custody[0].hash in panel.words.text()
    panel.copies["hash"].click()
    assert QApplication.clipboard().text() == panel.item.custody[0].hash


def test_a_case_of_another_service_keeps_its_plain_list(window: Window, panel: EvidencePanel, settled: Settled) -> None:
    from tests.app.desks import take

    take(desk_of(window), "2026-03-02")
    window.worker.changed.emit(None, "elsewhere")
    settled(window.worker)
    window.open_case(2)
    settled(window.worker)
    page = window.case_page()
    page.tabs.setCurrentWidget(page.files)
    settled(window.worker)
    assert page.files.table.isVisible()
    assert not panel.isVisible()
    assert window._manual_page() == "case"


def test_in_a_low_window_files_and_chain_take_turns(panel: EvidencePanel, window: Window, settled: Settled) -> None:
    window.resize(900, 600)
    settled(window.worker)
    assert panel.files.isVisible()
    assert not panel.chain.isVisible()
    QTest.keyClick(panel.chips["chain"], Qt.Key.Key_Space)
    assert panel.chain.isVisible()
    assert not panel.files.isVisible()


def test_the_models_keep_the_rules_of_the_toolkit(panel: EvidencePanel, window: Window, settled: Settled) -> None:
    for table in (panel.files, panel.chain):
        QAbstractItemModelTester(table.texts, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    panel.verify()
    settled(window.worker)
    dialog_of(window, ReportDialog).accept()
    panel.load()
    settled(window.worker)
    assert len(panel.files.texts.rows) == 2


# ---------------------------------------------------------------- verified, locked
def test_all_is_verified_and_the_result_stays_beside_the_files(
    panel: EvidencePanel, window: Window, qtbot: QtBot, settled: Settled
) -> None:
    assert column(panel, 4) == ["在本机"] * 2
    panel.buttons["verify"].setFocus()
    QTest.keyClick(panel.buttons["verify"], Qt.Key.Key_Space)
    settled(window.worker)
    dialog = dialog_of(window, ReportDialog)
    assert dialog.verdict.text().startswith("✓ 全部相符。复核文件 2 个")
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    settled(window.worker)
    assert column(panel, 4) == ["✓ 一致"] * 2


def test_one_byte_changed_locks_and_says_so_plainly(
    panel: EvidencePanel, window: Window, qtbot: QtBot, settled: Settled
) -> None:
    assert panel.banner.isHidden()
    spoil(window, panel, "截图.png")
    panel.verify()
    settled(window.worker)
    dialog = dialog_of(window, ReportDialog)
    assert "▲ “截图.png”" in dialog.verdict.text()
    assert "此证据已锁定" in dialog.verdict.text()
    assert any(row.cells[2] == f"▲ {DIFFERS}" for row in dialog.table.texts.rows)
    dialog.accept()
    settled(window.worker)
    assert panel.banner.isVisible()
    assert panel.banner.text().startswith("▲ 已锁定")
    assert "“截图.png”" in panel.banner.text()
    assert "由组长" in panel.banner.text()
    assert column(panel, 4) == ["✓ 一致", f"▲ {DIFFERS}"]
    assert panel.chain.texts.rows[-1].cells[2] == "锁定"
    assert panel.chain.texts.rows[-1].cells[6] == "▲ 不一致 1、一致 1"
    for name in ("add", "handover", "stamp", "export"):
        assert not panel.buttons[name].isEnabled(), name
        assert panel.buttons[name].toolTip(), name
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(focus(), Qt.Key.Key_O, CTRL)
    assert "已锁定，不能再收入文件" in notices(window)
    page = window.case_page()
    assert page.case is not None
    assert {one.action for one in page.case.actions if one.enabled} >= {"unlock", "note"}


def test_control_what_did_not_change_locks_nothing(panel: EvidencePanel, window: Window, settled: Settled) -> None:
    panel.verify()
    settled(window.worker)
    dialog_of(window, ReportDialog).accept()
    settled(window.worker)
    assert panel.banner.isHidden()
    assert len(panel.chain.texts.rows) == 1


# ---------------------------------------------------------------- handed over, more files
def test_it_is_handed_over_from_the_tab_of_files(
    panel: EvidencePanel, window: Window, qtbot: QtBot, settled: Settled
) -> None:
    panel.buttons["handover"].click()
    form = dialog_of(window, ActionForm)
    qtbot.waitUntil(form.isActiveWindow)
    form.editors["to_person"].set_value("沈砚")
    form.editors["reason"].set_value("轮岗交接")
    QTest.keyClick(form, Qt.Key.Key_Return, CTRL)
    settled(window.worker)
    assert panel.chain.texts.rows[-1].cells[2:6] == ("移交保管", LEAD, "沈砚", "轮岗交接")
    assert "保管人 沈砚" in panel._head.text()


def test_who_may_not_reads_why(panel: EvidencePanel, window: Window, settled: Settled) -> None:
    window.context.become(CLERK)
    settled(window.worker)
    assert not panel.buttons["handover"].isEnabled()
    assert "保管人" in panel.buttons["handover"].toolTip()


def test_more_files_are_taken_in(
    panel: EvidencePanel, window: Window, tmp_path: Path, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = tmp_path / "录屏.mp4"
    more.write_bytes(b"film" * 300)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(more)], ""))
    QTest.keyClick(panel.files, Qt.Key.Key_O, CTRL)
    dialog = dialog_of(window, AttachDialog)
    QTest.keyClick(dialog.note, Qt.Key.Key_Return)
    settled(window.worker)
    assert column(panel, 0) == [*CONTENTS, "录屏.mp4"]


def test_a_file_is_saved_by_enter(
    panel: EvidencePanel, window: Window, tmp_path: Path, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    panel.files.setFocus()
    QTest.keyClick(panel.files, Qt.Key.Key_Return)
    settled(window.worker)
    assert target.read_bytes() == CONTENTS["页面存档.pdf"]


# ---------------------------------------------------------------- time-stamps
def test_a_token_is_registered_and_its_state_stands_in_words(
    panel: EvidencePanel, window: Window, stamped: Path, settled: Settled
) -> None:
    register(window, panel, stamped, settled)
    assert column(panel, 5) == ["✓ 有效", "—", "（时间戳令牌）"]
    assert "时间戳“页面存档.tst”：有效；签发时间" in panel.words.text()
    assert "已登记“页面存档.pdf”的时间戳" in notices(window)
    desk_of(window).evidence.set_roots([root(1).pem], actor=LEAD)
    page = window.case_page()
    page.previous_tab()
    page.next_tab()
    settled(window.worker)
    assert column(panel, 5)[0] == "◆ 签名有效，根证书不在名单"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"not a token", "没有登记"), (token(b"another file", authority()), "不是为此证据的任何一个文件签发的")],
)
def test_a_token_that_is_worth_nothing_is_refused_in_the_dialog(
    panel: EvidencePanel, window: Window, tmp_path: Path, settled: Settled, content: bytes, words: str
) -> None:
    path = tmp_path / "坏.tst"
    path.write_bytes(content)
    register(window, panel, path, settled)
    dialog = dialog_of(window, StampDialog)
    assert words in dialog.verdict.text()
    assert dialog.path.text() == str(path)
    dialog.reject()
    assert len(desk_of(window).evidence.show(1).files) == 2


def test_the_wrong_file_named_is_said(panel: EvidencePanel, window: Window, stamped: Path, settled: Settled) -> None:
    panel.stamp()
    dialog = dialog_of(window, StampDialog)
    dialog.file.setCurrentIndex(2)
    dialog.path.setText(str(stamped))
    dialog.submit()
    settled(window.worker)
    assert "无效" in dialog.verdict.text()
    dialog.file.setCurrentIndex(1)
    dialog.submit()
    settled(window.worker)
    assert column(panel, 5)[0] == "✓ 有效"


# ---------------------------------------------------------------- writing out
def test_files_and_voucher_are_written_out(
    panel: EvidencePanel, window: Window, tmp_path: Path, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    panel.buttons["export"].click()
    settled(window.worker)
    (folder,) = (one for one in tmp_path.iterdir() if one.name.startswith("SDCZ"))
    assert {one.name for one in folder.iterdir()} == {*CONTENTS, "存证凭证.txt", "存证凭证.json"}
    assert "已写出 4 个文件" in notices(window)


def test_a_changed_file_is_not_written_out_and_locks(
    panel: EvidencePanel, window: Window, tmp_path: Path, settled: Settled
) -> None:
    spoil(window, panel, "截图.png")
    panel.export_to(tmp_path / "out")
    settled(window.worker)
    assert "没有导出" in notices(window)
    assert not (tmp_path / "out").exists()
    assert panel.banner.isVisible()


# ---------------------------------------------------------------- a new item
def drop(window: Window, *paths: Path) -> bool:
    """Whether the window takes them. Only there can they be dropped: Qt keeps what accepted them as the target."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, modes = QPoint(5, 5), Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    entered = QDragEnterEvent(where, modes, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entered.ignore()
    QApplication.sendEvent(window, entered)
    taken = entered.isAccepted()
    if taken:
        dropped = QDropEvent(QPointF(where), modes, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, dropped)
    return taken


def test_files_dropped_on_the_queue_of_evidence_open_an_item(
    window: Window, made: Path, qtbot: QtBot, settled: Settled
) -> None:
    window.show_service("evidence")
    settled(window.worker)
    sources = [made.parent / name for name in CONTENTS]
    assert drop(window, *sources)
    qtbot.waitUntil(lambda: bool(window.findChildren(EvidenceOpening)))
    settled(window.worker)
    form = dialog_of(window, EvidenceOpening)
    qtbot.waitUntil(form.isActiveWindow)
    assert [row.cells[0] for row in form.table.texts.rows] == list(CONTENTS)
    QTest.keyClick(form, Qt.Key.Key_Return, CTRL)
    assert form.editors["title"]._remark.text() == "此项必填"
    for name, value in OPENING.items():
        form.editors[name].set_value(value)
    QTest.keyClick(form, Qt.Key.Key_Return, CTRL)
    settled(window.worker)
    page = window.case_page()
    assert page.case is not None
    assert page.case.number == "SDCZ-2026-0000002"
    assert page.tabs.currentWidget() is page.files
    assert column(page.files.evidence, 0) == list(CONTENTS)
    assert "收入文件 2 个" in notices(window)
    assert all(path.exists() for path in sources)


def test_a_file_that_is_gone_is_said_and_nothing_is_lost(
    window: Window, tmp_path: Path, qtbot: QtBot, settled: Settled
) -> None:
    gone = tmp_path / "合同.pdf"
    gone.write_bytes(b"x")
    window.show_service("evidence")
    window.open_evidence([gone])
    settled(window.worker)
    form = dialog_of(window, EvidenceOpening)
    qtbot.waitUntil(form.isActiveWindow)
    assert form.editors["title"].value() == "合同", "the name of a single file is a good beginning"
    gone.unlink()
    for name, value in OPENING.items():
        form.editors[name].set_value(value)
    QTest.keyClick(form, Qt.Key.Key_Return, CTRL)
    settled(window.worker)
    assert "找不到文件" in form._problem.text()
    assert form.editors["party"].value() == OPENING["party"]
    form.reject()


def test_files_dropped_elsewhere_are_no_evidence(window: Window, made: Path, tmp_path: Path, settled: Settled) -> None:
    settled(window.worker)
    assert window.queue.service.id == "preexam"
    assert not drop(window, made.parent / "截图.png")
    window.show_service("evidence")
    assert not window.dropped_evidence_of([tmp_path / "交换.ksb"])
    assert window.dropped_evidence_of([tmp_path / "名单.xlsx"])
    assert not window.findChildren(ImportDialog)


def test_the_button_stands_only_over_evidence(
    window: Window, made: Path, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    button = window.queue.toolbar.buttons["window.evidence"]
    assert not button.isVisible()
    window.show_service("evidence")
    settled(window.worker)
    assert button.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(made.parent / "截图.png")], ""))
    button.click()
    settled(window.worker)
    assert dialog_of(window, EvidenceOpening).paths == (made.parent / "截图.png",)


# ---------------------------------------------------------------- whom the centre trusts
@pytest.fixture
def roots(window: Window, settled: Settled) -> RootsSettings:
    window.show_settings()
    assert window.settings is not None
    window.settings.open_tab("roots")
    settled(window.worker)
    return window.settings.roots


def test_roots_are_added_and_removed(roots: RootsSettings, window: Window, tmp_path: Path, settled: Settled) -> None:
    assert len(roots.table.texts.rows) == 1
    path = tmp_path / "roots.pem"
    path.write_text(root(1).pem + root().pem, "utf-8")
    roots.add(path)
    settled(window.worker)
    assert roots.verdict.text() == "✓ 已添加 1 张。"
    assert desk_of(window).evidence.roots() == (root().pem, root(1).pem)
    roots.table.selectRow(0)
    roots.remove_button.click()
    settled(window.worker)
    assert desk_of(window).evidence.roots() == (root(1).pem,)
    assert len(roots.table.texts.rows) == 1


def test_what_is_no_certificate_and_who_is_no_administrator(
    roots: RootsSettings, window: Window, tmp_path: Path, settled: Settled
) -> None:
    path = tmp_path / "no.pem"
    path.write_text("nothing", "utf-8")
    roots.add(path)
    settled(window.worker)
    assert "没有证书" in roots.verdict.text()
    window.context.become(CLERK)
    settled(window.worker)
    roots.table.selectRow(0)
    roots.remove()
    settled(window.worker)
    assert "须由管理员办理" in roots.verdict.text()
    assert desk_of(window).evidence.roots() == (root().pem,)
