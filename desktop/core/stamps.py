"""What a time-stamp token says and what became of its examination, as plain values.

The examination itself reads foreign formats and lies in :mod:`desktop.exchange.timestamp`; whoever needs it is handed
a :data:`StampCheck`. Source: RFC 3161 (with RFC 5816), handbook 7.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LOCAL_CLOCK = "本机时间"  # how every time of the computer's own clock is labelled; it proves nothing


class StampVerdict(StrEnum):
    """``UNTRUSTED``: sound, but nobody here vouches for who signed. ``UNDECIDED``: this program cannot tell."""

    VALID = "有效"
    UNTRUSTED = "签名有效，根证书不在本中心信任名单"
    INVALID = "无效"
    UNDECIDED = "不能核验"


@dataclass(frozen=True)
class Stamp:
    """``gen_time`` is ISO in UTC (…Z); ``accuracy`` in words, empty where the token gives none; ``serial`` decimal;
    ``policy`` an object identifier; ``tsa`` the name in the signing certificate, empty without one; ``imprint``
    hexadecimal under ``algorithm`` (sha256, sha384, sha512, sm3)."""

    gen_time: str
    serial: str
    policy: str
    tsa: str
    accuracy: str
    algorithm: str
    imprint: str


@dataclass(frozen=True)
class StampReport:
    """``reason`` is a sentence, empty for a valid one; ``stamp`` is None where the token could not be read;
    ``notes`` say what was not looked at."""

    verdict: StampVerdict
    reason: str = ""
    stamp: Stamp | None = None
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """有效；签发时间 2026-03-02T02:15:00Z，某时间戳服务机构，序号 17"""
        said = [f"{self.verdict}：{self.reason}" if self.reason else str(self.verdict)]
        if self.stamp is not None:
            accuracy = f"（{self.stamp.accuracy}）" if self.stamp.accuracy else ""
            tsa = f"，{self.stamp.tsa}" if self.stamp.tsa else ""
            said.append(f"签发时间 {self.stamp.gen_time}{accuracy}{tsa}，序号 {self.stamp.serial}")
        return "；".join(said)


# (token, digests of the file by name of the algorithm, trusted certificates in PEM) -> what came of it
StampCheck = Callable[[bytes, Mapping[str, str], Sequence[str]], StampReport]
