"""Where a store may live: a local disk. A network share breaks the locks on which the write-ahead log relies, a
removable disk goes missing, and a cloud client copies and replaces files under the program's hands."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from db.faults import EnvironmentFault

_NETWORK: Final = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "9p", "ceph", "glusterfs", "fuse.sshfs", "fuse.rclone",
    "fuse.davfs", "davfs", "fuse.gvfsd-fuse",
})  # fmt: skip
_REMOVABLE_MOUNTS: Final = ("/media/", "/run/media/")
# Folder names that cloud clients give their roots, lower case, with what people call them.
_CLOUD: Final = {
    "onedrive": "OneDrive", "dropbox": "Dropbox", "icloud drive": "iCloud", "iclouddrive": "iCloud",
    "com~apple~clouddocs": "iCloud", "nutstore": "坚果云", "我的坚果云": "坚果云", "baidusyncdisk": "百度网盘",
    "baidunetdiskworkspace": "百度网盘", "百度网盘": "百度网盘", "weiyun": "腾讯微云", "微云": "腾讯微云",
    "腾讯微云": "腾讯微云", "google drive": "Google Drive", "googledrive": "Google Drive", "my drive": "Google Drive",
}  # fmt: skip
_CLOUD_MARKS: Final = {".dropbox": "Dropbox", ".dropbox.cache": "Dropbox", ".tmp.driveupload": "Google Drive"}
_WINDOWS_REMOVABLE: Final = 2  # GetDriveTypeW
_WINDOWS_NETWORK: Final = 4
_WINDOWS_OPTICAL: Final = 5


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the operating system says about a place: ``kind`` is local, network or removable; ``marks`` are the names
    of files and folders lying in it and in the folders above it; ``roots`` the folders that cloud clients announce."""

    kind: str
    marks: frozenset[str] = frozenset()
    roots: tuple[tuple[str, str], ...] = ()


def refuse_unfit_location(path: Path, surroundings: Surroundings | None = None) -> None:
    """EnvironmentFault network_path, removable_path or cloud_path, with a sentence that says what to do instead."""
    text = str(path)
    if text.startswith(("\\\\", "//")) and not text.startswith("\\\\?\\"):
        raise _network(path)
    around = surroundings or look_around(path)
    if around.kind == "network":
        raise _network(path)
    if around.kind == "removable":
        raise EnvironmentFault(
            "removable_path", f"数据目录 {path} 位于可移动磁盘，拔出即丢失，请改用本机硬盘上的目录。"
        )
    cloud = _cloud(path, around)
    if cloud:
        raise EnvironmentFault(
            "cloud_path", f"数据目录 {path} 位于 {cloud} 的同步文件夹，同步会损坏数据，请改用未同步的本机目录。"
        )


def look_around(path: Path) -> Surroundings:
    """Asks the operating system. A place that does not exist yet is judged by the folder it will be made in."""
    existing = path.absolute()
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    existing = existing.resolve()
    marks: set[str] = set()
    for folder in (existing, *existing.parents):
        marks.update(mark for mark in _CLOUD_MARKS if (folder / mark).exists())
    variables = (("OneDrive", "OneDrive"), ("OneDriveCommercial", "OneDrive"), ("OneDriveConsumer", "OneDrive"))
    roots = tuple((os.environ[name], called) for name, called in variables if os.environ.get(name))
    return Surroundings(_kind(existing), frozenset(marks), roots)


def _kind(existing: Path) -> str:
    if sys.platform == "win32":
        import ctypes

        drive = ctypes.windll.kernel32.GetDriveTypeW(existing.anchor)
        if drive == _WINDOWS_NETWORK:
            return "network"
        return "removable" if drive in (_WINDOWS_REMOVABLE, _WINDOWS_OPTICAL) else "local"
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return "local"  # no such list on this system; nothing speaks against the place
    return kind_by_mounts(existing, lines)


def kind_by_mounts(path: Path, mountinfo: Iterable[str]) -> str:
    """The kind of the mount that holds ``path``, from lines of /proc/self/mountinfo (proc(5))."""
    point, system = "", ""
    for line in mountinfo:
        left, _, right = line.partition(" - ")
        fields = left.split()
        if len(fields) < 5 or not right:
            continue
        mount = fields[4].replace("\\040", " ")
        inside = path.as_posix() == mount or path.as_posix().startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(point):  # a later mount on the same point covers the earlier one
            point, system = mount, right.split()[0]
    if system in _NETWORK:
        return "network"
    return "removable" if (point + "/").startswith(_REMOVABLE_MOUNTS) else "local"


def _cloud(path: Path, around: Surroundings) -> str:
    for part in path.parts:
        name = part.lower()
        # "OneDrive - 某某中心" and "Dropbox (个人)" are the same clients.
        for known in (name, name.split(" - ")[0].strip(), name.split(" (")[0].strip()):
            if known in _CLOUD:
                return _CLOUD[known]
    for root, called in around.roots:
        if path.is_relative_to(root):
            return called
    return next((_CLOUD_MARKS[mark] for mark in sorted(around.marks) if mark in _CLOUD_MARKS), "")


def _network(path: Path) -> EnvironmentFault:
    return EnvironmentFault("network_path", f"数据目录 {path} 位于网络位置，容易损坏数据，请改用本机硬盘上的目录。")
