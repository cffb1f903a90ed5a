"""The words of sync: ages, holes, results, the state in a few characters."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from desktop.app.sync_views import (
    DisputeView,
    Freshness,
    JoinedView,
    QuarantineView,
    SideView,
    StationView,
    SyncReport,
    SyncState,
    TrafficView,
)
from desktop.app.views import JournalEntry, MovedLimit
from desktop.ui.sync_facts import facts, warnings
from desktop.ui.sync_tables import dispute_rows, meeting_rows, quarantine_rows, station_rows, traffic_rows
from desktop.ui.sync_words import (
    Phase,
    age,
    clock,
    fresh_words,
    holes,
    joined_line,
    lacks,
    moment,
    pill,
    remark,
    result,
)

NOW = datetime(2026, 3, 12, 10, 0)
JOINED = JoinedView("岱青市中心", "甲站", "ks_1", "hub.example:5432/kuaishen")
STATE = SyncState(JOINED, "2026-03-12T09:55:00", 0, 0, 0, 0, 4_000, False, 0, ())
OTHER = StationView("ab" * 16, "乙站", False, False, 40, 0, (), 0, "2026-03-12T09:00:00", False)


@pytest.mark.parametrize(("ago", "said"), [
    (timedelta(seconds=-30), "刚刚"), (timedelta(seconds=59), "刚刚"), (timedelta(minutes=1), "1 分钟前"),
    (timedelta(minutes=59), "59 分钟前"), (timedelta(hours=1), "1 小时前"), (timedelta(hours=47), "47 小时前"),
    (timedelta(hours=48), "2 天前"), (timedelta(days=90), "90 天前"),
])
def test_an_age_is_told_in_the_coarsest_unit_that_says_enough(ago: timedelta, said: str) -> None:
    assert age((NOW - ago).isoformat(), NOW) == said


def test_a_moment_with_a_zone_is_shown_in_local_time_and_none_is_never() -> None:
    aware = datetime(2026, 3, 12, 9, 55, tzinfo=timezone(timedelta(hours=3)))
    assert moment(aware.isoformat()) == aware.astimezone().replace(tzinfo=None)
    assert age("", NOW) == "从未"
    assert clock("") == "从未"
    assert clock("2026-03-12T09:55:40") == "2026-03-12 09:55"


def test_the_state_in_a_few_characters_never_hangs_on_colour() -> None:
    assert pill(None, Phase.ALONE, NOW) == "● 离线单机"
    assert pill(replace(STATE, joined=None), Phase.ALONE, NOW) == "● 离线单机"
    assert pill(STATE, Phase.REST, NOW) == "● 5 分钟前同步"
    assert pill(replace(STATE, unsent=1_200), Phase.REST, NOW) == "● 5 分钟前同步 · 待发 1,200"
    assert pill(replace(STATE, unsent=3), Phase.FAULT, NOW) == "◆ 离线可用 · 5 分钟前同步 · 待发 3"
    assert pill(replace(STATE, last_at=""), Phase.REST, NOW) == "○ 尚未同步"
    assert pill(STATE, Phase.RUNNING, NOW).startswith("↻")
    assert "交换包" in pill(replace(STATE, joined=replace(JOINED, hub="")), Phase.REST, NOW)


def test_to_which_centre_as_whom_and_by_which_way() -> None:
    assert joined_line(STATE) == "已加入 岱青市中心 · 本站 甲站 · 中心服务器 hub.example:5432/kuaishen"
    by_file = replace(STATE, joined=replace(JOINED, hub="", other_name="一号机"))
    assert "交换包" in joined_line(by_file)
    assert "登记名 一号机" in joined_line(by_file)
    assert "尚未加入" in joined_line(replace(STATE, joined=None))


def test_missing_numbers_are_listed_and_counted_past_a_few() -> None:
    assert holes(()) == ""
    assert holes(((41, 57), (60, 60))) == "缺 41—57、60"
    assert holes(tuple((n, n) for n in range(1, 12, 2))) == "缺 1、3、5、7 等 6 段"


def test_what_a_station_lacks_and_what_is_unusual_about_it() -> None:
    assert lacks(replace(OTHER, lacks=None)) == "不详"
    assert lacks(OTHER) == "无"
    assert lacks(replace(OTHER, lacks=1_200)) == "1,200 条"
    assert lacks(replace(OTHER, own=True)) == "—"
    assert "▲" in remark(replace(OTHER, forked=True))
    assert remark(replace(OTHER, own=True, present=True)) == "本机现在"


def test_stations_stand_in_order_with_their_holes_in_words() -> None:
    broken = replace(OTHER, name="丁站", station="cd" * 16, waiting=9, missing=((41, 57),), forked=True)
    before = replace(OTHER, name="甲站", station="01" * 16, own=True)
    present = replace(before, station="02" * 16, present=True)
    rows = station_rows([broken, OTHER, before, present], NOW)
    assert [row.cells[1] for row in rows] == ["02020202", "01010101", "cdcdcdcd"[:8], "abababab"]
    told = next(row for row in rows if row.cells[0] == "丁站")
    assert told.cells[3:5] == ("9", "缺 41—57")
    assert told.level == "overdue"
    assert "缺 41—57" in told.tip
    assert [row.level for row in rows] == ["", "muted", "overdue", ""]


def test_an_identity_that_never_called_is_no_station_out_of_reach() -> None:
    earlier = replace(OTHER, station="01" * 16, lacks=None, heard_at="")
    rows = {row.cells[1]: row.cells[5:] for row in station_rows([OTHER, earlier], NOW)}
    assert rows["01010101"] == ("—", "—", "该站的另一身份")
    assert rows["abababab"] == ("无", "1 小时前", "")
    (alone,) = station_rows([earlier], NOW)
    assert alone.cells[5:] == ("不详", "从未", "")


def test_a_dispute_says_first_what_was_done() -> None:
    def side(label: str, *entries: tuple[str, str, str]) -> SideView:
        made = tuple(JournalEntry(
            "2026-03-12T09:00:00", NOW.date(), actor, "", station, action, action, f"{label}{number}")
            for number, (action, actor, station) in enumerate(entries))
        return SideView("left", label, "说明", tuple(entry.actor for entry in made), made, (), "预审中", ())

    left = side("左方", ("受理", "林知远", "甲站"), ("分案", "林知远", "甲站"))
    right = side("右方", ("退回补正", "周明", "乙站"))
    (row,) = dispute_rows([DisputeView(7, "SDYS-1", "一种装置", (), (left, right), "已收件")])
    assert row.cells[3:5] == ("受理、分案 · 林知远（甲站）", "退回补正 · 周明（乙站）")


def test_the_figures_carry_a_mark_only_when_there_is_something() -> None:
    calm = {fact.name: fact for fact in facts(STATE, Phase.REST, NOW)}
    assert [calm[name].value for name in ("待发", "待齐", "待裁决", "隔离")] == ["0"] * 4
    assert {fact.kind for fact in calm.values()} == {""}
    assert "本机时钟" not in calm
    state = replace(STATE, held=7, contested=2, quarantined=1, numbers_left=80, numbers_low=True, behind_minutes=200,
                    notes=("预留案号只剩 80 个",))
    loud = {fact.name: fact.value for fact in facts(state, Phase.REST, NOW)}
    assert (loud["待齐"], loud["待裁决"], loud["隔离"], loud["案号余量"]) == ("◆ 7", "◆ 2", "▲ 1", "◆ 80")
    assert loud["本机时钟"] == "◆ 慢 3 小时"
    assert warnings(state) == ["◆ 预留案号只剩 80 个"]
    assert "案号余量" not in {fact.name for fact in facts(replace(STATE, numbers_left=None), Phase.REST, NOW)}


def test_a_result_names_what_came_and_what_did_not() -> None:
    report = SyncReport("2026-03-12T09:00:00", "hub", sent=12, received=1_300, held=4, quarantined=1, contested=2)
    assert result(report) == "收 1,300 条，发 12 条，待齐 4 条，隔离 1 条，待裁决 2 件"
    assert result(replace(report, cancelled=True)).endswith("中途取消，已收到的保留")
    dry = SyncReport("", "import", received=3, known=5, dry_run=True)
    assert result(dry) == "可收 3 条，已有 5 条"
    assert result(SyncReport("", "export", sent=9, contested=1)) == "写出 9 条"


def test_a_meeting_is_one_line_with_everything_in_its_tip() -> None:
    moved = MovedLimit("N", "受理", NOW.date(), NOW.date(), True, False)
    report = SyncReport("2026-03-12T09:00:00", "import", received=5, held=2, file="甲.ksb", moved=(moved,),
                        notes=("缺少站点 乙站 的第 3 项流水。",))
    row = meeting_rows([report])[0]
    assert row.cells == ("03-12 09:00", "导入交换包", "—", "5", "2", "—", "—",
                         "甲.ksb；1 项期限的日期有变；缺少站点 乙站 的第 3 项流水")
    assert row.level == "soon"
    assert "收 5 条" in row.tip


def test_traffic_is_summed_by_name_whatever_incarnations_there_are() -> None:
    rows = traffic_rows([TrafficView("a" * 32, "乙站", 1, 2), TrafficView("b" * 32, "乙站", 0, 3),
                         TrafficView("c" * 32, "", 0, 1)])
    assert [row.cells for row in rows] == [("cccccccc", "—", "1"), ("乙站", "1", "5")]


def test_what_lies_in_quarantine_says_why() -> None:
    row = quarantine_rows([QuarantineView("ab" * 16, "乙站", 17, "fork", "编号重复", "同一编号有两种内容", "hub",
                                          "2026-03-12T09:00:00")])[0]
    assert row.cells == ("乙站", "17", "编号重复", "同一编号有两种内容", "hub", "2026-03-12 09:00")
    assert row.level == "overdue"


def test_the_quiet_line_of_a_form() -> None:
    assert fresh_words(Freshness(True, True), ()) == ""
    assert "「乙站」的新办理，已更新" in fresh_words(Freshness(True, True, received=3), ("乙站",))
    assert fresh_words(Freshness(True, False, ("乙站", "丙站")), ()) == "「乙站」、「丙站」有新的办理尚未收到"
    assert "未能查看" in fresh_words(Freshness(False, False, reason="连不上"), ())
