"""What may go wrong that is nobody's decision: the environment is at fault, or the stored data is damaged."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator, Sequence
from typing import Final


class EnvironmentFault(Exception):
    """Something outside the program said no: disk, permissions, another program, a wrong passphrase.

    ``code`` is stable English for programs, the text is one Chinese sentence that says what to do.
    Nothing that was acknowledged is lost when this is raised.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class DataDamage(Exception):
    """What is stored is not what was written. ``problems`` names each finding in a Chinese sentence."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


# Primary result codes of SQLite (https://www.sqlite.org/rescode.html); extended codes share the low byte.
_ENVIRONMENT: Final[dict[int, tuple[str, str]]] = {
    3: ("no_permission", "没有读写数据文件的权限，请检查数据目录的权限设置。"),
    5: ("store_locked", "数据文件正被另一个程序占用，请稍后重试，或关闭其他正在写入的窗口。"),
    6: ("store_locked", "数据文件正被另一个程序占用，请稍后重试，或关闭其他正在写入的窗口。"),
    7: ("out_of_memory", "内存不足，请关闭其他程序后重试。"),
    8: ("read_only", "数据文件只读，无法写入，请检查数据目录的权限或磁盘的写保护。"),
    10: ("io_error", "读写磁盘时出错，请检查磁盘是否损坏或已断开。"),
    13: ("disk_full", "磁盘空间不足，本次操作没有写入，请清理磁盘后重试。"),
    14: ("cannot_open", "打不开数据文件，请检查数据目录是否存在、是否有权限，磁盘是否只读。"),
}
_DAMAGE: Final[dict[int, str]] = {
    11: "数据文件的页面结构已损坏",
    26: "数据文件不是有效的数据库，或已损坏",
}


# What the operating system says in English. Codes that are missing here have no words a user could act on.
_WORDS: Final[dict[int, str]] = {
    errno.ENOENT: "找不到文件或目录",
    errno.EACCES: "没有读写权限",
    errno.EPERM: "没有读写权限",
    errno.EROFS: "磁盘只读，无法写入",
    errno.EISDIR: "这是一个目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EEXIST: "文件已经存在",
    errno.ENOTEMPTY: "目录不是空的",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件过大，磁盘不接受",
    errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "路径或文件名太长",
    errno.ELOOP: "链接互相指向，找不到实际的文件",
    errno.EMFILE: "打开的文件太多",
    errno.ENXIO: "设备不存在",
}
_NO_SHARED_MEMORY: Final = frozenset({10 | 18 << 8, 10 | 19 << 8, 10 | 21 << 8})  # IOERR_SHMOPEN, _SHMSIZE, _SHMMAP


def in_words(error: OSError) -> str:
    """What the operating system refused, and where, in a Chinese sentence."""
    why = _WORDS.get(error.errno or 0, f"系统错误 {error.errno}" if error.errno else str(error))
    return f"{why}：{error.filename}" if error.filename else f"读写出错：{why}"


def translated(error: BaseException) -> Exception | None:
    """The fault that a driver or operating-system error stands for, or None if it is our own bug."""
    original = getattr(error, "orig", error)  # SQLAlchemy keeps the driver's error here
    code = getattr(original, "sqlite_errorcode", None)
    if isinstance(code, int):
        primary = code & 0xFF
        if code in _NO_SHARED_MEMORY:  # the store needs a little room beside it even to be read
            return EnvironmentFault("disk_full", "数据目录所在的磁盘没有空间或不可写，数据没有改动，请清理磁盘后重试。")
        if primary in _ENVIRONMENT:
            return EnvironmentFault(*_ENVIRONMENT[primary])
        if primary in _DAMAGE:
            return DataDamage([_DAMAGE[primary]])
        return None
    if isinstance(original, OSError):
        if original.errno in (errno.ENOSPC, errno.EDQUOT):
            return EnvironmentFault(*_ENVIRONMENT[13])
        if original.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return EnvironmentFault(*_ENVIRONMENT[3])
        return EnvironmentFault("io_error", in_words(original))
    return None


@contextlib.contextmanager
def translating() -> Iterator[None]:
    """Turns errors of the driver and the file system into faults; everything else passes unchanged."""
    try:
        yield
    except (EnvironmentFault, DataDamage):
        raise
    except Exception as error:
        fault = translated(error)
        if fault is None:
            raise
        raise fault from error
