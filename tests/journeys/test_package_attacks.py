"""Application packages, words about their findings and notices under careless and hostile hands: what is refused leaves
no trace and is refused in words, what was broken off is not there at all, and the case stays what its journal says."""

from __future__ import annotations

import hashlib
import io
import os
import random
import socket
import struct
import tomllib
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from pypdf import PdfReader

from db.transport import MemoryHub
from desktop.app import attachments
from desktop.app.case_history import history_of
from desktop.app.casework import load
from desktop.app.desk import Desk
from desktop.app.faults import EnvironmentFault
from desktop.app.packages import Packages
from desktop.app.queue_views import QueueQuery
from desktop.core.case import JUDGED, PACKAGED, CaseState
from desktop.core.formal_checks import claims_graph, examine
from desktop.core.notice_paper import NoticePaper
from desktop.core.package import CLAIMS, Biblio, Claim, Package, Part
from desktop.core.refusal import Refusal
from desktop.core.terms import Judgement, PackageKind, PatentType
from desktop.exchange.package_originals import reread
from desktop.reports.notice_pdf import render_notice_bytes
from desktop.reports.record_pdf import render_record_bytes
from tests.app.desks import Walk, day, digest, journal_count, new_desk, open_again, reads_well, take
from tests.app.meetings import meet
from tests.cli.conftest import Terminal, nowhere, template  # noqa: F401 (fixtures)
from tests.cli.conftest import desk as terminal  # noqa: F401
from tests.core.test_soundness import GOOD
from tests.journeys.test_sync_attacks import Stranger

TODAY = day("2026-03-03")
NOW: dict[str, Any] = {"on": TODAY, "today": TODAY}
STAFF = (("张三", "受理 预审员 管理员"), ("李四", "预审员 复核"), ("王五", "受理"), ("赵六", "管理员"))
MEETING = {"place": "电话", "participants": "某", "content": "某"}
XML = '<?xml version="1.0" encoding="UTF-8"?>'
REQUEST = (
    f"{XML}<发明专利请求书><发明名称>一种测试装置</发明名称><申请人><姓名或名称>某公司</姓名或名称></申请人>"
    "<发明人><姓名>王小明</姓名></发明人></发明专利请求书>"
)


def claims(*texts: str) -> str:
    numbered = (f'<权利要求 序号="{number}">{text}</权利要求>' for number, text in enumerate(texts, 1))
    return f"{XML}<权利要求书>{''.join(numbered)}</权利要求书>"


SOUND = {"110101.xml": REQUEST, "100001.xml": claims("一种测试装置。", "根据权利要求1所述的测试装置，其特征在于甲。")}


def zipped(files: dict[str, Any], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_claims(text: str | bytes) -> bytes:
    return zipped({**SOUND, "100001.xml": text})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path / "desk", staff=STAFF)
    yield made
    made.close()


@pytest.fixture
def case(desk: Desk) -> Walk:
    return take(desk).accept("2026-03-02").assign("2026-03-02")


def trace(desk: Desk) -> tuple[str, int]:
    return digest(desk), journal_count(desk)


# ---------------------------------------------------------------- the files, through the whole command
def bomb() -> bytes:
    return zipped({**SOUND, "x.xml": f"{XML}<a>{' ' * (80 << 20)}</a>"})


def overlapping() -> bytes:
    """Four thousand names for one member."""
    one = zipped({"100001.xml": f"{XML}<a>{' ' * (4 << 20)}</a>"})
    end = one.rindex(b"PK\5\6")
    (start,) = struct.unpack_from("<I", one, end + 16)
    listing = one[start:end] * 4_000
    return one[:start] + listing + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 4_000, 4_000, len(listing), start, 0)


REFUSED: dict[str, Any] = {
    "bomb": bomb,
    "a bomb inside": lambda: zipped({**SOUND, "a.zip": bomb()}),
    "overlapping": overlapping,
    "too many": lambda: zipped({f"{n}.txt": b"" for n in range(5_001)}),
    "too many inside": lambda: zipped({f"{m}.zip": zipped({f"{n}": b"" for n in range(600)}) for m in range(9)}),
    "cut off": lambda: zipped(SOUND)[:150],
    "nothing": lambda: b"",
    "a head alone": lambda: b"PK\3\4",
    "an end alone": lambda: b"PK\5\6" + bytes(18),
    "folders alone": lambda: zipped({f"{n}/": b"" for n in range(50)}),
    "rar": lambda: b"Rar!\x1a\x07\1\0" + bytes(100),
    "7z": lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "a text": lambda: "不是压缩包".encode(),
    "nobody's": lambda: zipped({"[Content_Types].xml": "x", "word/document.xml": "y"}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_package_leaves_no_trace(terminal: Terminal, what: str, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "a.zip"
    file.write_bytes(REFUSED[what]())
    number = terminal.ask("queue", "--view", "all")["cases"][0]["number"]
    before = terminal.ask("verify")["events"]
    said = terminal("package", file, "--case", number, "--json")
    assert said.status in (1, 3), said.out
    (answer,) = said.json.values()
    reads_well(answer["reason"].replace("a.zip", ""))
    after = terminal.ask("verify")
    assert (after["ok"], after["events"], after["attachments"]) == (True, before, 0)


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><权利要求书>&b;</权利要求书>',
        '<?xml version="1.0"?><!DOCTYPE l SYSTEM "/etc/passwd"><权利要求书/>',
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]><权利要求书/>',
        f"{XML}{'<a>' * 100_000}{'</a>' * 100_000}",
        f"{XML}<权利要求书>{'<a/>' * 200_001}</权利要求书>",
        f"{XML}<权利要求书>\0</权利要求书>",
        f"{XML}<权利要求书>&#0;</权利要求书>",
        f"{XML}<权利要求书><权利要求>",
        b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-',
        '<?xml version="1.0"?><权利要求书/>'.encode("utf-16")[:-4] + b"\x00\xd8>\x00",
        b"\xff" * 100,
        b" \n",
    ],
)  # fmt: skip
def test_a_hostile_xml_is_a_part_that_was_not_read(text: str | bytes) -> None:
    found = reread("a.zip", with_claims(text))
    broken = {part.code: part.problem for part in found.parts if not part.ok}
    assert list(broken) == [CLAIMS]
    reads_well(broken[CLAIMS].replace("UTF-7", "").replace("XML", ""))
    assert found.biblio.title == "一种测试装置"  # and the rest goes on
    assert any(one.rule == "part_broken" for one in examine(found))


@pytest.mark.parametrize("name", ["../../etc/100002.xml", "/etc/100002.xml", "C:\\100002.xml", "CON.100002.xml", "NUL",
                                  "a\u202elmx.100002", "x" * 301, "..", "a\x07.xml", "\x9b31m.xml"])  # fmt: skip
def test_an_unsafe_name_is_shown_harmless_and_not_read(name: str) -> None:
    found = reread("a.zip", zipped({**SOUND, name: f"{XML}<说明书><p>甲。</p></说明书>"}))
    (part,) = (one for one in found.parts if one.file not in SOUND)
    assert not part.ok
    reads_well(part.problem)
    assert not any(unicodedata.category(one) == "Cc" or one == "\u202e" for one in part.file)
    assert not part.file.startswith("/")
    assert ".." not in part.file.split("/")
    assert found.description == ()


def test_a_damaged_archive_is_read_or_refused(tmp_path: Path) -> None:
    sound, rnd = zipped(SOUND), random.Random(5)
    for _ in range(200):
        damaged = bytearray(sound)
        for _ in range(rnd.randrange(1, 12)):
            damaged[rnd.randrange(len(damaged))] = rnd.randrange(256)
        try:
            found = reread("a.zip", bytes(damaged))
        except Refusal as refusal:
            reads_well(refusal.reason.replace("a.zip", ""))
        else:
            examine(found)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_links_pipes_and_sockets_in_a_folder_are_passed_over(terminal: Terminal, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "申请"
    folder.mkdir()
    for name, text in SOUND.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "loop").symlink_to(folder)
    (folder / "100002.xml").symlink_to("/etc/passwd")
    os.mkfifo(folder / "100004.xml")
    here = Path.cwd()
    os.chdir(folder)  # the address of a socket may be no longer than a hundred bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("s.xml")
            said = terminal.ask("package", folder)
    finally:
        os.chdir(here)
    assert [part["file"] for part in said["parts"]] == sorted(SOUND)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no devices with names here")
@pytest.mark.parametrize("file", ["/dev/null", "/proc/self/mem", "/nowhere/a.zip"])
def test_what_is_no_package_at_all_is_said(terminal: Terminal, file: str) -> None:  # noqa: F811
    said = terminal("package", file)
    assert (said.status in (1, 3), said.out) == (True, "")
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (f"根据权利要求{'、'.join(map(str, range(1, 20_000)))}所述的装置。", 500),
        ("根据权利要求1-999999999所述的装置，权利要求1-99999999999999999999所述。", 3),
        ("根据" + "权利要求1至499或" * 2_000, 500),
        ("权利要求 " * 20_000, 0),
        ("前述任意一项权利要求" * 5_000, 1),
    ],
)
def test_a_claim_names_a_bounded_number_of_others(text: str, most: int) -> None:
    found = Package(claims=(Claim(1, "一种装置。"), Claim(2, text)))
    named = [one["refers"] for one in claims_graph(found)["dependencies"]]
    assert max(map(len, named), default=0) <= most
    assert all(len(one.text) < 500 for one in examine(found))


# ---------------------------------------------------------------- made-up packages beside cases
PACKAGE = Package(
    parts=(Part("110101", "发明专利请求书", "110101.xml", 9, "1" * 64), Part(CLAIMS, "权利要求书", "1.xml", 9, "")),
    patent_type=PatentType.INVENTION,
    biblio=Biblio(title="一种用于测试的装置", applicants=("某公司",), inventors=("王小明",)),
    claims=(Claim(1, "一种装置。"), Claim(2, "根据权利要求1所述的装置。"), Claim(3, "根据权利要求8所述的装置。")),
)


def version(serial: int) -> Package:
    sha256 = hashlib.sha256(str(serial).encode()).hexdigest()
    return replace(PACKAGE, parts=(PACKAGE.parts[0], replace(PACKAGE.parts[1], sha256=sha256)))


VERSIONS = {repr(one).encode(): one for one in map(version, range(12))}


def read(_name: str, content: bytes) -> Package:
    return VERSIONS[content]


def put(desk: Desk, ref: str, serial: int, actor: str = "张三", kind: PackageKind | None = None) -> str:
    content = repr(version(serial)).encode()
    desk.packages.add(ref, "申请.zip", content, version(serial), kind=kind, actor=actor, **NOW)
    return hashlib.sha256(content).hexdigest()


YES = Judgement.ACCEPTED


def say(desk: Desk, ref: str, sha256: str, place: int = 0, judgement: Judgement = YES, actor: str = "张三") -> str:
    found = examine(PACKAGE)
    desk.packages.judge(ref, sha256, found[place % len(found)], judgement, actor=actor, **NOW)
    return found[place % len(found)].key


def live_and_folded(desk: Desk, ref: str) -> tuple[CaseState, CaseState]:
    with desk._workplace.reading() as reader:
        row, state = load(reader, ref)
        return state, history_of(reader, row.id).state


def test_a_package_that_was_broken_off_is_not_there_at_all(case: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    before = trace(case.desk)
    for owner, name in ((attachments, "keep_stream"), (attachments, "record"), (Packages, "_write")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, breaks)
            with pytest.raises(KeyboardInterrupt):
                put(case.desk, case.ref, 1)
        assert trace(case.desk) == before
        assert case.desk.attachments(case.ref) == ()
    sha256 = put(case.desk, case.ref, 1)
    with monkeypatch.context() as patch:
        patch.setattr(Packages, "_write", breaks)
        with pytest.raises(KeyboardInterrupt):
            say(case.desk, case.ref, sha256)
    assert case.state().accepted == []
    say(case.desk, case.ref, sha256)
    assert case.desk.verify().ok


def test_many_at_once_put_every_package_there_once(case: Walk, tmp_path: Path) -> None:
    def work(serial: int) -> str:
        own = open_again(case.desk._store.directory)
        try:
            sha256 = put(own, case.ref, serial // 2)  # each is tried twice
            return sha256
        except Refusal as refusal:
            return refusal.code
        finally:
            own.close()

    with ThreadPoolExecutor(6) as pool:
        said = Counter(pool.map(work, range(6)))
    kept = [one.sha256 for one in case.desk.packages.of(case.ref)]
    assert set(kept) == set(said) - {"already_there"}
    assert len({one.sha256 for one in case.desk.attachments(case.ref)}) == len(case.desk.attachments(case.ref)) == 3
    live, folded = live_and_folded(case.desk, case.ref)
    assert live.to_json() == folded.to_json()
    assert case.desk.verify().ok


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_the_case_is_what_its_journal_says(case: Walk, seed: int) -> None:
    desk, rnd = case.desk, random.Random(seed)
    for _ in range(25):
        actor = rnd.choice(["张三", "李四", "王五"])
        views = desk.packages.of(case.ref)
        try:
            step = rnd.choice(["put", "say", "say", "act", "act"])
            if step == "put":
                put(desk, case.ref, rnd.randrange(4), actor, rnd.choice([None, None, PackageKind.FILED]))
            elif step == "say" and views:
                say(desk, case.ref, rnd.choice(views).sha256, rnd.randrange(9), rnd.choice([*Judgement]), actor)
            elif step == "act":
                walk(desk, case.ref, rnd, actor)
        except Refusal as refusal:
            reads_well(refusal.reason)
        live, folded = live_and_folded(desk, case.ref)
        assert live.to_json() == folded.to_json()
        assert (live.examined, [key for key, _, _ in live.accepted]) == expected(desk, case.ref)
        numbers = [one.number for one in desk.notices.of(case.ref)]
        assert len(numbers) == len(set(numbers))
    before = digest(desk)
    desk.rebuild()
    assert digest(desk) == before


def walk(desk: Desk, ref: str, rnd: random.Random, actor: str) -> None:
    """One of the actions that are offered, with whatever it asks for."""
    offered = [one for one in desk.case(ref, actor=actor, today=TODAY).actions if one.enabled]
    if not offered:
        return
    chosen = rnd.choice(offered)
    values = {"checklist": "符合"} if chosen.checklist else {}
    for one in chosen.fields:
        if one.required:
            values[one.name] = rnd.choice(one.options) if one.options else one.default or one.example or "某事"
        if one.name == "opinion":
            accepted = live_and_folded(desk, ref)[0].accepted
            values["opinion"] = "\n".join(["见缺陷", *(words for _, _, words in accepted)])
    desk.act(ref, chosen.action, values, actor=actor, **NOW)


def expected(desk: Desk, ref: str) -> tuple[str, list[str]]:
    """The newest text and its accepted findings that have not gone out, told from the journal in the plainest way."""
    with desk._workplace.reading() as reader:
        events = history_of(reader, load(reader, ref)[0].id).counted
    examined, accepted = "", list[str]()
    for one in events:
        said = one.payload
        if one.type == PACKAGED and said["kind"] == PackageKind.TEXT:
            examined, accepted = said["sha256"], []
        elif one.type == JUDGED and said["package"] == examined:
            accepted = [key for key in accepted if key != said["finding"]]
            accepted += [said["finding"]] * (said["decision"] == Judgement.ACCEPTED)
        else:
            accepted = [key for key in accepted if key not in said.get("findings", ())]
    return examined, accepted


@pytest.mark.parametrize("seed", range(3))
def test_stations_that_met_agree_about_packages_and_words(tmp_path: Path, seed: int) -> None:
    rnd, hub = random.Random(seed), MemoryHub()
    desks = [new_desk(tmp_path / str(n), staff=STAFF) for n in range(3)]
    ref = take(desks[0]).accept("2026-03-02").assign("2026-03-02").ref
    meet(hub, *desks)
    for _ in range(24):
        desk, actor = rnd.choice(desks), rnd.choice(["张三", "李四"])
        views = desk.packages.of(ref)
        try:
            if rnd.random() < 0.3 or not views:
                put(desk, ref, rnd.randrange(4), actor)
            elif rnd.random() < 0.8:
                say(desk, ref, views[-1].sha256, rnd.randrange(9), rnd.choice([*Judgement]), actor)
            else:
                desk.act(ref, "interview", MEETING, actor=actor, **NOW)
        except Refusal as refusal:
            reads_well(refusal.reason)
        if rnd.random() < 0.2:
            meet(hub, *rnd.sample(desks, 2))
    meet(hub, *desks)
    meet(hub, *desks)
    try:
        assert len({digest(desk) for desk in desks}) == 1
        for desk in desks:
            live, folded = live_and_folded(desk, ref)
            assert live.to_json() == folded.to_json()
            assert [one.sha256 for one in desk.packages.of(ref)] == [one.sha256 for one in desks[0].packages.of(ref)]
            assert desk.verify().ok
        twice_only_where_unmet(desks[0], ref)
    finally:
        for desk in desks:
            desk.close()


def twice_only_where_unmet(desk: Desk, ref: str) -> None:
    """Two documents bear one number only where neither author had seen the other's."""
    with desk._workplace.reading() as reader:
        history = history_of(reader, load(reader, ref)[0].id).history
    sent = desk.notices.of(ref)
    for at, one in enumerate(sent):
        for other in sent[at + 1 :]:
            known = one.hash in history.knew(other.hash) or other.hash in history.knew(one.hash)
            assert not (known and one.number == other.number)


# ---------------------------------------------------------------- what other stations send
TEXTS = ("", "采纳", "a" * 64, "A" * 64, "预审文本", "\x00", "\x1b[31m", "\u202e", "{title.__class__}", "x" * 50_000)
OTHERS = (None, 5, -1, 2**62, True, [], [5], [[]], {}, {"a": 5}, ["采纳"])


@pytest.mark.parametrize("seed", range(3))
def test_odd_events_about_packages_bring_nothing_down(desk: Desk, case: Walk, seed: int) -> None:
    rnd, stranger = random.Random(seed), Stranger(desk)
    sha256 = put(desk, case.ref, 1)
    key = say(desk, case.ref, sha256)
    with desk._workplace.reading() as reader:
        last = history_of(reader, load(reader, case.ref)[0].id).envelopes[-1]
    for _ in range(20):
        kind = rnd.choice([PACKAGED, JUDGED])
        payload = {**GOOD[kind], **({"package": sha256, "finding": key} if kind == JUDGED else {})}
        for _ in range(rnd.randrange(1, 4)):
            name = rnd.choice([*payload, "extra", "round", "clocks", "facts"])
            if rnd.random() < 0.2:
                payload.pop(name, None)
            else:
                payload[name] = rnd.choice(TEXTS if rnd.random() < 0.5 else OTHERS)
        stranger.sends(last.stream, kind, payload, head=rnd.choice([last.hash, ""]))
    used(desk, case.ref)
    live, folded = live_and_folded(desk, case.ref)
    assert live.to_json() == folded.to_json()
    before = digest(desk)
    desk.rebuild()
    assert digest(desk) == before
    assert desk.verify().ok


def used(desk: Desk, ref: str) -> None:
    """Everything that shows the case."""
    desk.case(ref, actor="张三", today=TODAY)
    desk.page(QueueQuery(view="all"), actor="张三", today=TODAY)
    list(desk.ledger(QueueQuery(view="all"), actor="张三", today=TODAY))
    for one in desk.packages.of(ref):
        with suppress(Refusal, EnvironmentFault):  # its file was never sent
            desk.packages.look(ref, read, one.sha256, actor="张三", today=TODAY)
    desk.notices.of(ref)
    desk.compose_opinion(ref, {}, actor="张三", on=TODAY)
    render_record_bytes(desk.record(ref, at=datetime(2026, 3, 3)))


# ---------------------------------------------------------------- documents of the centre
BRACES = (
    "{title.__class__}", "{title[0]}", "{title!r}", "{title:>1000000}", "{title:{on}}", "{}", "{0}", "{", "}", "{no}",
    "{__class__}", "{title", "{ title}", "{标题}", "a\x00b", "\x1b[31m红",
)  # fmt: skip


def document(kind: str, body: dict[str, Any]) -> str:
    header = {"kind": kind, "basis": "本中心", "checked_on": "2026-01-05", "status": "已核对"}
    return tomli_w.dumps({"document": header, **body})


def slips(desk: Desk, text: str) -> str:
    own = tomllib.loads(desk.export_document("notices"))
    del own["document"]
    return document("notices", {**own, "interview": {**own["interview"], "text": text}})


def a_phrase(text: str) -> str:
    phrase = {"id": "q1", "item": "I-F7", "title": "题", "text": text, "rule": "claim_reference_missing"}
    return document("phrases", {"phrases": [phrase]})


@pytest.mark.parametrize("text", BRACES)
def test_a_text_with_tricks_in_braces_is_never_published(desk: Desk, text: str) -> None:
    for made in (slips(desk, text), a_phrase(text)):
        assert not desk.check_document(made).ok
        with pytest.raises(Refusal):
            desk.publish_document(made, actor="张三", today=TODAY)


def test_braces_in_what_people_wrote_stay_as_they_are(desk: Desk) -> None:
    desk.publish_document(slips(desk, "{title}：{{title}}，{content}"), actor="张三", today=TODAY)
    desk.publish_document(a_phrase("{{found}} {title}"), actor="张三", today=TODAY)
    title = "{number.__class__} {0} %s"
    one = take(desk, title=title).accept("2026-03-02").assign("2026-03-02")
    one.act("interview", "2026-03-03", place="电话", participants="{title}", content="{party}")
    assert desk.notices.paper(one.ref).body == f"{title}：{{title}}，{{party}}"
    put(desk, one.ref, 1)
    reading = desk.packages.look(one.ref, read, actor="张三", today=TODAY)
    said = [view.words for view in reading.findings if view.finding.rule == "claim_reference_missing"]
    assert said == [f"{{found}} {PACKAGE.biblio.title}"]


# ---------------------------------------------------------------- paper
PAPER = NoticePaper(
    centre="某中心", number="济〔2026〕1号", title="预审意见通知书", addressee="某公司", facts=(("案号", "YS-1"),),
    body="正文。", dated=date(2026, 3, 3), contact="张三", verification="abcd",
)  # fmt: skip
ODD = {
    "markup": "<b>粗</b>&amp;<para>]]>%s{title}\\(a\\)",
    "control": "甲\x00乙\x07\x1b[31m丙\x7f",
    "directions": "甲\u202e乙\u2066丙\u2069丁\u200f",
    "a long word": "x" * 10_000,
    "separators": "一\u2028二\u2029三\x0b四\x85五",
    "rare": "㐀䶿〇ⅷ½①",
    "widthless": "甲\u200b乙\u200d丙\ufeff丁",
}


def printed(paper: NoticePaper) -> Counter[str]:
    pages = PdfReader(io.BytesIO(render_notice_bytes(paper))).pages
    return Counter("".join("".join(page.extract_text() for page in pages).split()))


def wanted(text: str) -> Counter[str]:
    return Counter(one for one in text if unicodedata.category(one)[0] in "LNP")


@pytest.mark.parametrize("place", ["centre", "number", "title", "addressee", "body", "contact", "verification"])
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_every_character_that_can_be_printed_is_on_the_paper(place: str, text: str) -> None:
    assert not wanted(text) - printed(replace(PAPER, **{place: text}))


def test_a_character_of_no_face_is_named_where_it_is_missing() -> None:
    lacking = {"title": "𠮷", "body": "😀", "addressee": "\ue000"}
    pages = PdfReader(io.BytesIO(render_notice_bytes(replace(PAPER, **lacking)))).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    assert all(f"U+{ord(one):04X}" in text for one in lacking.values())


def test_nothing_of_a_very_long_notice_is_lost() -> None:
    body = "\n".join(f"（{n}）权利要求 {n} 的缺陷：{'甲乙丙丁戊' * 24}" for n in range(500))
    facts = ("名称", ODD["markup"]), (ODD["directions"], "乙")
    assert len(body) > 60_000
    assert not wanted(body + "签" * 300) - printed(
        replace(PAPER, body=body, facts=facts, signatures=("签" * 300,), internal=True)
    )


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("actor", ["陌生人", "", "  ", "张三\u200b", "张三\n", " 张三 ", "系统"])
def test_who_is_on_no_list_puts_and_says_nothing(case: Walk, actor: str) -> None:
    sha256 = put(case.desk, case.ref, 1)
    before = trace(case.desk)
    for step in (lambda: put(case.desk, case.ref, 2, actor), lambda: say(case.desk, case.ref, sha256, actor=actor)):
        with pytest.raises(Refusal) as caught:
            step()
        assert caught.value.code in ("unknown_staff", "no_actor")
    assert not case.desk.packages.look(case.ref, read, actor=actor, today=TODAY).writable
    assert trace(case.desk) == before


def test_only_those_who_examine_speak_of_findings(case: Walk) -> None:
    sha256 = put(case.desk, case.ref, 1, "赵六")  # anybody on the list may hand a file in
    for actor, may in (("李四", True), ("王五", True), ("赵六", False)):
        assert case.desk.packages.look(case.ref, read, actor=actor, today=TODAY).writable is may
    with pytest.raises(Refusal) as caught:
        say(case.desk, case.ref, sha256, actor="赵六")
    assert caught.value.code == "wrong_role"
    reads_well(caught.value.reason)
