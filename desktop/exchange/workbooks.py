"""Spreadsheet files: what is refused before the engine sees it, then the engine. Runs in the child."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from desktop.exchange.guard import Limits, Unreadable

BROKEN = "工作簿内容已损坏或不完整，请用 Excel 或 WPS 打开后另存为新的 .xlsx 再导入。"
ENCRYPTED = "工作簿设置了打开密码，请在 Excel 或 WPS 中取消密码后另存再导入。"
BOMB = "压缩包展开后大得不正常，可能是恶意文件，没有读取。"
CHUNK = 1 << 20
RATIO_FLOOR = 32 * 2**20  # below this a high ratio is only a repetitive sheet

# Cells far away make the engine reserve the whole rectangle up to them. Empty ones (<c .../>) do no harm.
_FAR = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="(?:[A-Z]{3,}\d+|[A-Z]+\d{6,})"[^>]*[^/]>')
_REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>'
    rb"(?:<(?:\w+:)?f\b[^>]*>[^<]*(?:</(?:\w+:)?f>)?)?"  # the formula that failed
    rb"<(?:\w+:)?v>([^<]{1,20})<"
)
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


def open_workbook(
    data: bytes, wanted: str | None, limits: Limits, notes: list[str]
) -> tuple[str, list[str], str, Iterator[list[Any]]]:
    """Answer kind, sheet names, the chosen sheet and its rows. ``wanted`` None: the first sheet that holds text."""
    package = _Package(data, limits, notes) if data[:2] == b"PK" else None
    if package is None and "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable("encrypted", ENCRYPTED)

    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(data))
        names = [meta.name for meta in book.sheets_metadata if "WorkSheet" in str(meta.typ)]
        shown = [
            meta.name for meta in book.sheets_metadata if str(meta.visible).endswith(".Visible") and meta.name in names
        ]
        if wanted is not None and wanted not in names:
            raise Unreadable("no_such_sheet", f"工作簿里没有名为“{wanted}”的工作表。", {"sheets": names})
        for name in [wanted] if wanted is not None else shown or names:
            if package is not None:
                package.refuse_far_cells(name)
            sheet = book.get_sheet_by_name(name)
            if sheet.end is not None:
                break
        else:
            raise Unreadable("empty_file", "工作簿里没有内容，请确认选对了文件。", {"sheets": names})
        last_row, last_column = sheet.end
        if (last_row + 1) * (last_column + 1) > limits.cells * 8:
            raise Unreadable("absurd_range", _far_sentence(f"第 {last_row + 1} 行"))
        rows = _rows(sheet, package.error_cells(name) if package is not None else {})
        return ("xlsx" if package else "xls"), names, name, rows
    except calamine.PasswordError:
        raise Unreadable("encrypted", ENCRYPTED) from None
    except (calamine.CalamineError, ValueError, OSError) as fault:
        raise Unreadable("broken_workbook", BROKEN, {"fault": str(fault)[:200]}) from None
    except BaseException as fault:
        if isinstance(fault, Unreadable | MemoryError) or type(fault).__name__ != "PanicException":
            raise
        raise Unreadable("broken_workbook", BROKEN, {"fault": "panic"}) from None


def _rows(sheet: Any, errors: dict[tuple[int, int], str]) -> Iterator[list[Any]]:
    """Rows of the sheet from its first line on. The engine shows error cells as blanks, so they are put back."""
    left = [""] * sheet.start[1]  # blank columns before the table: the engine leaves them out, blank rows not
    for number, cells in enumerate(sheet.iter_rows()):
        row = left + cells
        if errors:
            for column in range(len(row)):
                if (number, column) in errors:
                    row[column] = errors[number, column]
        yield row


def _far_sentence(where: str) -> str:
    return f"工作表在很远的位置（{where}）还有内容，范围不正常；请删去表格以外的行列后另存再导入。"


class _Package:
    """An .xlsx as a zip archive: everything that can be refused without understanding it."""

    def __init__(self, data: bytes, limits: Limits, notes: list[str]) -> None:
        self.limits = limits
        self.parts: dict[str, str] = {}
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
            self._check_directory(len(data))
            self._check_members()
            self._check_kind(notes)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError):
            raise Unreadable("broken_workbook", BROKEN) from None
        except RuntimeError:  # the zip library's word for a member with a password
            raise Unreadable("encrypted", ENCRYPTED) from None

    def _check_directory(self, packed: int) -> None:
        members = self.archive.infolist()
        if len(members) > self.limits.members:
            raise Unreadable("too_many_members", f"压缩包里有 {len(members)} 个文件，不像是工作簿，没有读取。")
        if any(member.flag_bits & 1 for member in members):
            raise Unreadable("encrypted", ENCRYPTED)
        self._check_size(sum(member.file_size for member in members), packed)

    def _check_size(self, unpacked: int, packed: int) -> None:
        if unpacked > self.limits.unpacked_bytes or (unpacked > RATIO_FLOOR and unpacked > packed * self.limits.ratio):
            raise Unreadable("zip_bomb", BOMB, {"unpacked": unpacked, "packed": packed})

    def _check_members(self) -> None:
        """Unpack once, counting: the directory may lie about sizes. A document type is how entities come in."""
        total = 0
        packed = sum(member.compress_size for member in self.archive.infolist())
        for member in self.archive.infolist():
            markup = member.filename.lower().endswith((".xml", ".rels", ".vml"))
            tail = b""
            with self.archive.open(member) as stream:
                while chunk := stream.read(CHUNK):
                    total += len(chunk)
                    self._check_size(total, max(packed, 1))
                    if markup:
                        window = tail + chunk
                        if any(mark in window for mark in _DOCTYPES):
                            raise Unreadable(
                                "doctype",
                                "工作簿里含有文档类型或外部实体声明，正常表格没有这种内容，没有读取。",
                                {"part": member.filename},
                            )
                        tail = chunk[-20:]

    def _check_kind(self, notes: list[str]) -> None:
        names = set(self.archive.namelist())
        if "xl/workbook.xml" not in names:
            raise Unreadable("not_a_workbook", "这个压缩包不是 .xlsx 工作簿，请用 Excel 或 WPS 另存为 .xlsx 再导入。")
        links = sorted(name for name in names if name.startswith("xl/externalLinks/externalLink"))
        if links:
            raise Unreadable(
                "external_link",
                "工作簿引用了别的文件，请在 Excel 的“数据-编辑链接”里断开链接，另存后再导入。",
                {"parts": len(links)},
            )
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            notes.append("工作簿含有宏，宏没有运行。")

    def _part(self, sheet: str) -> bytes:
        """The XML of a sheet, found through the workbook's relations. Empty when there is none."""
        if not self.parts:
            from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

            try:
                targets = {
                    node.get("Id"): posixpath.normpath(posixpath.join("/xl", node.get("Target", ""))).lstrip("/")
                    for node in fromstring(self.archive.read("xl/_rels/workbook.xml.rels"))
                }
                for node in fromstring(self.archive.read("xl/workbook.xml")).iter():
                    if node.tag.endswith("}sheet"):
                        key = next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
                        self.parts[node.get("name", "")] = targets.get(key, "")
            except (SyntaxError, ValueError, KeyError, zipfile.BadZipFile):
                raise Unreadable("broken_workbook", BROKEN) from None
        name = self.parts.get(sheet, "")
        return self.archive.read(name) if name in self.archive.namelist() else b""

    def refuse_far_cells(self, sheet: str) -> None:
        for tag in _FAR.finditer(self._part(sheet)):
            found = _REFERENCE.search(tag[0])
            if found is None:
                continue
            letters, row = found[1].decode(), int(found[2])
            if row > self.limits.rows or _column(letters) > self.limits.columns:
                raise Unreadable("absurd_range", _far_sentence(f"{letters}{row}"), {"cell": f"{letters}{row}"})

    def error_cells(self, sheet: str) -> dict[tuple[int, int], str]:
        """Where the sheet holds #N/A and its like, by zero-based (row, column)."""
        xml = self._part(sheet)
        if b't="e"' not in xml:
            return {}
        found: dict[tuple[int, int], str] = {}
        for cell in _ERROR.finditer(xml):
            place = _REFERENCE.search(cell[1])
            if place is not None:
                found[int(place[2]) - 1, _column(place[1].decode()) - 1] = cell[2].decode("utf-8", "replace")
        return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters[:8]:
        number = number * 26 + ord(letter) - 64
    return number
