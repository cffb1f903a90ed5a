"""What an application package may cost, which names it may use, and how the reader says no.

A package that breaks a bound is refused as a whole (:class:`Unreadable`); a single file that cannot be read is only
that file's problem (:class:`BrokenPart`).
"""

from __future__ import annotations

import re
import time
import unicodedata
from typing import NamedTuple

from desktop.exchange.guard import Unreadable

__all__ = ["BrokenPart", "Budget", "PackageLimits", "Unreadable", "harmless_name", "name_problem"]


class PackageLimits(NamedTuple):
    """Bounds of one reading. Bytes for sizes, seconds of wall clock; ``ratio`` is unpacked to packed and counts only
    beyond ``ratio_floor``, because a white drawing packs a thousandfold; an archive within the package has depth 2."""

    file_bytes: int = 256 * 2**20
    unpacked_bytes: int = 1024 * 2**20
    ratio: int = 200
    ratio_floor: int = 64 * 2**20
    members: int = 5_000
    directory_bytes: int = 4 * 2**20
    archive_depth: int = 2
    nested_bytes: int = 128 * 2**20
    folder_depth: int = 20
    path_chars: int = 300
    xml_bytes: int = 16 * 2**20
    xml_depth: int = 100
    xml_elements: int = 200_000
    claims: int = 2_000
    paragraphs: int = 20_000
    seconds: float = 60.0


TOO_LARGE = "这个文件包超过 {0} MB，不像一件申请的文件，没有读取；请确认选对了文件。"
BOMB = "压缩包展开后大得不正常，可能是恶意文件，没有读取。"
TOO_MANY = "里面的文件超过 {0} 个，不像一件申请的文件，没有读取；请只选这一件申请的文件夹或压缩包。"
TIMEOUT = "读取超过 {0:.0f} 秒，已停止；请检查文件包是否正常，或拆小后再试。"
BROKEN = "压缩包已损坏或不完整，请重新打包成 ZIP，或解压后选择文件夹。"
ENCRYPTED = "压缩包设置了密码，请先解压，再选择解压后的文件夹。"
RAR = "这是 RAR 压缩包，本程序读文件夹和 ZIP；请先解压（Windows 11 的资源管理器可以）再选文件夹，或重新打包成 ZIP。"
SEVEN = "这是 7z 压缩包，本程序读文件夹和 ZIP；请先解压（Windows 11 的资源管理器可以）再选文件夹，或重新打包成 ZIP。"
TOO_MANY_CLAIMS = "有 {0} 项权利要求，不像一件申请，没有采用；请从电子申请客户端重新导出。"
TOO_MANY_PARAGRAPHS = "说明书有 {0} 段，不像一件申请，没有采用；请从电子申请客户端重新导出。"
NOT_WHOLE = "文件夹里有收不进来的内容（{0}），原件不能完整保存；请把需要的文件复制成普通文件，放在一个文件夹里再选。"
EMPTY = "里面没有文件，请确认选对了文件夹或压缩包。"
MISSING = "找不到“{0}”，它可能已被移走或改名。"
NO_ACCESS = "读不出“{0}”，请确认它没有被别的程序占用，并且有权限读取。"
NOT_A_PACKAGE = "“{0}”不是文件夹，也不是 ZIP 压缩包，请选择存放申请文件的文件夹或 ZIP。"

#: Sentences about one file; the rest of the package goes on.
PART_ENCRYPTED = "这个文件设置了密码，没有读取；请去掉密码后重新打包。"
PART_DAMAGED = "这个文件在压缩包里已损坏，读不出来；请重新打包。"
PART_METHOD = "这个文件用了不常见的压缩方式，没有读取；请用 Windows 自带的压缩功能重新打包。"
PART_UNREADABLE = "这个文件读不出来，请确认它没有被别的程序占用，并且有权限读取。"
PART_TOO_DEEP = "压缩包里套了太多层压缩包，这一层没有打开；请解压后重新打包。"
PART_TOO_LARGE = "压缩包里的这个压缩包太大，没有打开；请先解压。"
PART_NAME = "文件名不安全（{0}），没有读取这个文件；请改名后重新打包。"

_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\s*(?:\.|$)")
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SHOWN_CHARS = 200


class BrokenPart(Exception):
    """One file cannot be read: a Chinese sentence for :attr:`desktop.core.package.Part.problem`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Budget:
    """What one reading has used so far. Every method raises :class:`Unreadable` when a bound is passed."""

    #: Refusals that are about the package as a whole even when they come up inside a nested archive.
    FATAL = frozenset({"zip_bomb", "too_many_members", "timeout"})

    def __init__(self, limits: PackageLimits) -> None:
        self.limits = limits
        self.members = 0
        self.packed = 0
        self.unpacked = 0
        self._end = time.monotonic() + limits.seconds

    def tick(self) -> None:
        """Ask the clock; called between members, chunks and every few thousand elements."""
        if time.monotonic() > self._end:
            raise Unreadable("timeout", TIMEOUT.format(self.limits.seconds))

    def member(self) -> None:
        self.tick()
        self.members += 1
        if self.members > self.limits.members:
            raise Unreadable("too_many_members", TOO_MANY.format(self.limits.members))

    def unpack(self, count: int, *, ahead: int = 0) -> None:
        """Count bytes that came out; ``ahead``: bytes that a directory announces and that are not counted yet."""
        self.tick()
        self.unpacked += count
        total = self.unpacked + ahead
        lavish = total > self.limits.ratio_floor and total > self.packed * self.limits.ratio
        if total > self.limits.unpacked_bytes or lavish:
            raise Unreadable("zip_bomb", BOMB, {"unpacked": total, "packed": self.packed})


def name_problem(path: str, limits: PackageLimits) -> str:
    """Why a file of this name is not read: the sentence, empty for a decent name. ``path`` has "/" between folders."""
    if len(path) > limits.path_chars:
        return PART_NAME.format("太长")
    if any(unicodedata.category(one) in ("Cc", "Cs") or one in _BIDI for one in path):
        return PART_NAME.format("含有不可见的控制字符")
    if path.startswith("/") or (path[1:2] == ":" and path[0].isascii() and path[0].isalpha()):
        return PART_NAME.format("指向压缩包以外的位置")
    segments = path.split("/")
    if ".." in segments:
        return PART_NAME.format("指向压缩包以外的位置")
    if any(_DEVICES.match(one) for one in segments):
        return PART_NAME.format("是系统保留的设备名")
    return ""


def harmless_name(path: str) -> str:
    """The same name so that it can be shown and kept: nothing invisible, nothing that leads outside, not endless."""
    shown = "".join("_" if unicodedata.category(one) in ("Cc", "Cs") or one in _BIDI else one for one in path[:4_000])
    if shown[1:2] == ":":
        shown = f"{shown[0]}_{shown[2:]}"
    shown = "/".join("__" if one == ".." else one for one in shown.split("/") if one)
    return (shown if len(shown) <= _SHOWN_CHARS else f"…{shown[1 - _SHOWN_CHARS :]}") or "_"
