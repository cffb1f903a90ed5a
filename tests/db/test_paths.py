from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from db.faults import EnvironmentFault
from db.paths import Surroundings, kind_by_mounts, refuse_unfit_location

LOCAL = Surroundings("local")
MOUNTS = [
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
    "40 22 0:40 / /remote/share rw - nfs4 host:/share rw",
    "41 22 0:41 / /local/me/my\\040files rw - fuse.sshfs host:/ rw",
    "42 22 8:17 / /media/me/STICK rw - vfat /dev/sdb1 rw",
    "43 40 8:33 / /remote/share/disk rw - ext4 /dev/sdc1 rw",
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/local/me/kuaishen", "local"),
        ("/remote/share", "network"),
        ("/remote/share/a/b", "network"),
        ("/remote/shared", "local"),
        ("/remote/share/disk/x", "local"),
        ("/local/me/my files/x", "network"),
        ("/media/me/STICK/x", "removable"),
    ],
)
def test_the_nearest_mount_decides(path: str, kind: str) -> None:
    assert kind_by_mounts(PurePosixPath(path), MOUNTS) == kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "around", "code", "word"),
    [
        ("//server/share/data", LOCAL, "network_path", "网络"),
        ("\\\\server\\share", LOCAL, "network_path", "网络"),
        ("/data", Surroundings("network"), "network_path", "网络"),
        ("/data", Surroundings("removable"), "removable_path", "可移动"),
        ("/local/me/OneDrive/data", LOCAL, "cloud_path", "OneDrive"),
        ("/local/me/OneDrive - 某某中心/data", LOCAL, "cloud_path", "OneDrive"),
        ("/local/me/Dropbox (个人)/data", LOCAL, "cloud_path", "Dropbox"),
        ("/local/me/我的坚果云/data", LOCAL, "cloud_path", "坚果云"),
        ("/local/me/Nutstore/data", LOCAL, "cloud_path", "坚果云"),
        ("/local/me/百度网盘/data", LOCAL, "cloud_path", "百度网盘"),
        ("/local/me/腾讯微云/data", LOCAL, "cloud_path", "腾讯微云"),
        ("/local/me/Google Drive/data", LOCAL, "cloud_path", "Google Drive"),
        ("/People/me/Library/Mobile Documents/com~apple~CloudDocs/data", LOCAL, "cloud_path", "iCloud"),
        ("/files/docs/data", Surroundings("local", frozenset({".dropbox.cache"})), "cloud_path", "Dropbox"),
        ("/d/sync/data", Surroundings("local", roots=(("/d/sync", "OneDrive"),)), "cloud_path", "OneDrive"),
    ],
)
def test_unfit_places_are_refused_with_a_sentence(path: str, around: Surroundings, code: str, word: str) -> None:
    with pytest.raises(EnvironmentFault, match=word) as refused:
        refuse_unfit_location(Path(path), around)
    assert refused.value.code == code


def test_ordinary_places_are_fine(tmp_path: Path) -> None:
    refuse_unfit_location(Path("/local/me/.local/share/kuaishen"), LOCAL)
    refuse_unfit_location(Path("/local/me/onedrive-notes/data"), LOCAL)
    refuse_unfit_location(tmp_path / "not yet" / "there")
