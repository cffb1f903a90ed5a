"""The words of the field, once. Members are named in English, values are the official Chinese terms.

Source: handbook of the field, sections 1.7 and 6; the glossary page of the manual gives the same pairs.
"""

from __future__ import annotations

from enum import StrEnum


class PatentType(StrEnum):
    """专利类型. The value is what workbooks, papers and the journal hold."""

    INVENTION = "发明"
    UTILITY = "实用新型"
    DESIGN = "外观设计"


class Role(StrEnum):
    """人员角色. One person may hold several."""

    INTAKE = "受理"
    EXAMINER = "预审员"
    REVIEWER = "复核"
    LEAD = "组长"
    OFFICER = "承办人"
    CUSTODIAN = "保管人"
    ADMIN = "管理员"


class StageKind(StrEnum):
    """Who a stage waits for: the centre (open), somebody else (waiting), nobody any more (ended)."""

    OPEN = "open"
    WAITING = "waiting"
    ENDED = "ended"


class LimitKind(StrEnum):
    """期限性质. A target warns and is never counted as overdue; a watch is a date that is awaited (满期), and when it
    is there the case comes up by itself."""

    PROMISED = "promised"
    LEGAL = "legal"
    TARGET = "target"
    WATCH = "watch"


class Unit(StrEnum):
    """计期单位: 工作日, 日 (calendar day), 月."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"


class PackageKind(StrEnum):
    """Which text a package holds: the one under examination, or the one that was filed at the office."""

    TEXT = "预审文本"
    FILED = "正式提交文本"


class Judgement(StrEnum):
    """What a person says of a finding; ``OPEN`` takes an earlier word back."""

    ACCEPTED = "采纳"
    DISMISSED = "不采纳"
    OPEN = "重新考虑"


class CheckStatus(StrEnum):
    """核对状态 of a shipped or published figure."""

    CHECKED = "已核对"
    UNCHECKED = "待核对"


class FieldGrade(StrEnum):
    """How a case's classes meet a field's list. Only a complete list may speak against a case."""

    FULL_HIT = "完整命中"
    FULL_MISS = "完整未命中"
    PARTIAL_HIT = "部分命中"
    PARTIAL_MISS = "部分未命中"
    UNKNOWN = "未知"


NO_FIELD = "未归入领域"  # shown, and asked for, where a case met no field

_FLAG_WORDS = {"consult": "会商暂停"}


def flag_word(flag: str) -> str:
    """A flag as people read it; empty for one that is not meant for them (those with plain Chinese names are)."""
    return _FLAG_WORDS.get(flag, "" if flag.isascii() else flag)
