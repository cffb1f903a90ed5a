"""``kuaishen evidence ...`` from the first file to the voucher."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Terminal
from tests.exchange.tsa import AT, Wishes, authority, response, root, token

CONTENT = random.Random(11).randbytes(60_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OPENING = ("--set", "category=网页", "--set", "title=某商品页面", "--set", "party=某甲公司")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "页面.pdf"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def number(desk: Terminal, page: Path) -> str:
    """Of an item that 李乙 keeps."""
    made = str(desk.ask("evidence", "add", page, *OPENING, "--as", "王甲")["number"])
    desk.ask("act", made, "keep", "--set", "storage_place=一号柜", "--set", "examiner=李乙", "--as", "李乙")
    return made


def spoil(desk: Terminal) -> None:
    """One byte of the stored file changed."""
    path = desk.data / "attachments" / SHA256[:2] / SHA256
    data = bytearray(path.read_bytes())
    data[20_000] ^= 1
    path.write_bytes(bytes(data))


def test_from_taking_in_to_the_voucher(desk: Terminal, page: Path, tmp_path: Path) -> None:
    made = desk.ask("evidence", "add", page, *OPENING, "--case", "YS1", "--as", "王甲")
    number = made["number"]
    (one,) = made["files"]
    assert (made["stage"], one["name"], one["sha256"], len(one["sm3"])) == ("RECEIVED", "页面.pdf", SHA256, 64)
    assert made["facts"]["关联案号"].endswith("0000001")  # the centre's number of YS1
    shown = desk("evidence", "show", number)
    assert SHA256 in shown.out
    assert one["sm3"] in shown.out
    assert "流转记录 0 行（本机时间）" in shown.out

    desk.ask("act", number, "keep", "--set", "storage_place=一号柜", "--set", "examiner=李乙", "--as", "李乙")
    row = desk.ask("evidence", "handover", number, "--to", "赵六", "--reason", "调岗", "--as", "李乙")["custody"]
    assert (row["number"], row["action"], row["from_person"], row["to_person"], row["files"]) == (
        2, "移交保管", "李乙", "赵六", [[SHA256, "一致"]]
    )  # fmt: skip
    assert hashlib.sha256(row["text"].encode()).hexdigest() == row["hash"]

    (tmp_path / "root.pem").write_text(root().pem)
    trusted = desk.ask("evidence", "roots", tmp_path / "root.pem")
    assert (trusted["count"], trusted["roots"][0]["name"]) == (1, "虚构根证书 0，虚构认证机构")
    assert desk.ask("evidence", "roots") == trusted
    stamped = tmp_path / "页面.tsr"
    stamped.write_bytes(response(token(CONTENT, authority(), Wishes(at=AT.replace(month=1)))))
    answer = desk.ask("evidence", "stamp", number, stamped, "--as", "赵六")
    assert (answer["verdict"], answer["file"], answer["stamp"]["serial"]) == ("有效", SHA256, "17")

    report = desk.ask("evidence", "verify", number)
    assert (report["ok"], report["count"], report["items"][0]["stamps"][0]["verdict"]) == (True, 1, "有效")
    assert desk.ask("evidence", "verify")["count"] == 1
    folder = tmp_path / "out"
    exported = desk.ask("evidence", "export", number, "-o", folder)
    assert exported["files"] == ["页面.pdf", "页面.tsr", "存证凭证.txt", "存证凭证.json"]
    assert (folder / "页面.pdf").read_bytes() == CONTENT
    document = json.loads((folder / "存证凭证.json").read_text("utf-8"))
    assert (document["number"], document["custodian"]) == (number, "赵六")
    assert desk.ask("verify")["ok"]


def test_a_changed_file_is_found_locked_and_unlocked_again(desk: Terminal, page: Path, number: str) -> None:
    stored = desk.data / "attachments" / SHA256[:2] / SHA256
    whole = stored.read_bytes()
    spoil(desk)
    only = desk("evidence", "verify", number, "--no-lock", "--json")
    assert (only.status, only.json["ok"], only.json["items"][0]["locked"]) == (4, False, False)
    said = desk("evidence", "handover", number, "--to", "赵六", "--reason", "调岗", "--as", "李乙", "--json")
    assert (said.status, said.json["refused"]["code"], said.json["refused"]["files"]) == (
        1, "evidence_mismatch", [SHA256]
    )  # fmt: skip
    item = desk.ask("evidence", "show", number)
    assert (item["locked"], item["custody"][-1]["files"]) == (True, [[SHA256, "不一致"]])
    found = desk("evidence", "verify")
    assert found.status == 4
    assert "▲ 有问题　锁定" in found.out
    assert "页面.pdf　不一致" in found.out
    stored.write_bytes(whole)
    assert desk.ask("evidence", "verify")["ok"]
    desk.ask("act", number, "unlock", "--set", "reason=已从备份恢复", "--as", "王五")
    assert not desk.ask("evidence", "show", number)["locked"]


def test_verification_locks(desk: Terminal, number: str) -> None:
    spoil(desk)
    found = desk("evidence", "verify", "--as", "李乙", "--json")
    assert (found.status, found.json["items"][0]["locked_now"]) == (4, True)
    assert desk.ask("evidence", "show", number)["stage_label"] == "锁定"


def test_what_is_refused_is_said_in_a_sentence(desk: Terminal, page: Path, number: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "words.tsr").write_text("words")
    other = tmp_path / "other.tst"
    other.write_bytes(token(b"another", authority()))
    tries: tuple[tuple[int, str, tuple[Any, ...]], ...] = (
        (1, "unknown_case", ("show", "SDCZ-2026-9999999")),
        (1, "not_evidence", ("show", "YS1")),
        (1, "empty_file", ("add", tmp_path / "empty", *OPENING)),
        (3, "io_error", ("add", tmp_path / "gone", *OPENING)),
        (3, "io_error", ("add", tmp_path, *OPENING)),
        (1, "missing_input", ("add", page, "--set", "category=网页")),
        (1, "bad_input", ("add", page, "--set", "category=别的", "--set", "title=a", "--set", "party=b")),
        (1, "unknown_case", ("add", page, *OPENING, "--case", "YS99")),
        (1, "bad_stamp", ("stamp", number, tmp_path / "words.tsr")),
        (1, "bad_stamp", ("stamp", number, other)),
        (1, "bad_stamp", ("stamp", number, other, "--file", "页面.pdf")),
        (1, "unknown_attachment", ("stamp", number, other, "--file", "没有.pdf")),
        (3, "io_error", ("stamp", number, tmp_path / "gone")),
        (1, "folder_not_empty", ("export", number, "-o", tmp_path)),
        (1, "no_certificate", ("roots", tmp_path / "words.tsr")),
        (2, "wrong_usage", ("handover", number, "--to", "赵六")),
        (2, "wrong_usage", ()),
    )
    for status, code, words in tries:
        said = desk("evidence", *words, "--json", "--as", "李乙")
        (document,) = said.json.values()
        assert (said.status, document["code"]) == (status, code), (words, said.out)
        assert "Traceback" not in said.err
    assert desk.ask("evidence", "verify", number)["ok"]


def test_an_untrusted_stamp_is_registered_as_such(desk: Terminal, number: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tst"
    path.write_bytes(token(CONTENT, authority(), Wishes(at=AT.replace(month=1))))
    said = desk("evidence", "stamp", number, path, "--as", "李乙", "--json")
    assert (said.status, said.json["verdict"]) == (0, "签名有效，根证书不在本中心信任名单")
    assert "没有查询证书是否被吊销" in said.err
    assert desk.ask("evidence", "roots", "--clear") == {"count": 0, "roots": []}
