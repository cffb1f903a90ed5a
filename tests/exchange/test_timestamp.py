"""Time-stamp tokens: what a sound one says, and a sentence for everything that can be wrong with one."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from desktop.core.stamps import StampReport, StampVerdict
from desktop.exchange import certificates, timestamp_token
from desktop.exchange.timestamp import MOST_BYTES, NOT_ASKED, examine
from tests.exchange.tsa import (
    AT,
    POLICY,
    SINCE,
    STAMPING,
    UNTIL,
    Holder,
    Wishes,
    authority,
    digests_of,
    issue,
    middle,
    response,
    root,
    token,
)  # fmt: skip

GOLDEN = Path(__file__).parent / "golden"
CONTENT = "一份证据".encode()
DIGESTS = digests_of(CONTENT)
NOW = datetime(2026, 3, 3, tzinfo=UTC)


def report(data: bytes, *trusted: str, digests: dict[str, str] = DIGESTS, now: datetime = NOW) -> StampReport:
    made = examine(data, digests, trusted or (root().pem,), now=now)
    assert made.verdict is StampVerdict.VALID or re.search("[\u4e00-\u9fff]", made.reason)
    assert NOT_ASKED in made.notes
    return made


def by(**wishes: Any) -> bytes:
    return token(CONTENT, authority("rsa" if wishes.get("pss") else "ec"), Wishes(**wishes))


def from_(holder: Holder, **wishes: Any) -> bytes:
    return token(CONTENT, holder, Wishes(**wishes))


@pytest.mark.parametrize("through", [False, True], ids=["root", "intermediate"])
@pytest.mark.parametrize("kind", ["ec", "rsa", "ed25519"])
def test_a_sound_token(kind: str, through: bool) -> None:
    bare = token(CONTENT, authority(kind, through))
    made = report(bare)
    assert made.verdict is StampVerdict.VALID
    stamp = made.stamp
    assert stamp is not None
    assert (stamp.gen_time, stamp.serial, stamp.policy, stamp.accuracy, stamp.tsa) == (
        "2026-03-02T02:15:00Z", "17", POLICY, "误差 ±1.5 秒", "虚构时间戳服务，虚构认证机构"
    )  # fmt: skip
    assert (stamp.algorithm, stamp.imprint) == ("sha256", hashlib.sha256(CONTENT).hexdigest())
    assert made.words == ("有效；签发时间 2026-03-02T02:15:00Z（误差 ±1.5 秒），虚构时间戳服务，虚构认证机构，序号 17")
    assert made.notes == (NOT_ASKED,)
    for status in ("granted", "granted_with_mods"):
        assert report(response(bare, status)) == made


@pytest.mark.parametrize(
    "wishes",
    [
        {"pss": True},
        {"old_naming": True},
        {"by_key": True},
        {"algorithm": "sha384"},
        {"algorithm": "sha512", "digest": "sha384"},
        {"algorithm": "sm3"},
        {"accuracy": None},
        {"digest": "sha512"},
        {"at": datetime(2026, 3, 2, 2, 15, 7, 250_000, tzinfo=UTC)},
    ],
    ids=str,
)
def test_the_forms_a_sound_token_may_have(wishes: dict[str, Any]) -> None:
    assert report(by(**wishes)).verdict is StampVerdict.VALID


def test_parts_of_a_second_are_kept() -> None:
    made = report(by(at=datetime(2026, 3, 2, 2, 15, 7, 250_000, tzinfo=UTC), accuracy={"micros": 20}))
    assert made.stamp is not None
    assert (made.stamp.gen_time, made.stamp.accuracy) == ("2026-03-02T02:15:07.250000Z", "误差 ±0.00002 秒")


def test_the_certificates_may_come_from_the_centre_instead() -> None:
    assert report(by(embed=False), root().pem, authority().pem).verdict is StampVerdict.VALID
    through = token(CONTENT, authority("ec", True), Wishes(embed_others=False))
    assert report(through).verdict is StampVerdict.UNTRUSTED
    assert report(through, middle().pem).verdict is StampVerdict.VALID
    assert report(by(), authority().pem).verdict is StampVerdict.VALID  # trusted by itself


def test_a_token_that_another_program_made() -> None:
    """OpenSSL's ``ts -reply`` over b"evidence", SHA-384, RSA; its root is beside it."""
    data, trusted = (GOLDEN / "timestamp.tsr").read_bytes(), (GOLDEN / "timestamp_root.pem").read_text()
    made = report(data, trusted, digests=digests_of(b"evidence"), now=datetime(2026, 12, 1, tzinfo=UTC))
    assert made.words == "有效；签发时间 2026-11-28T15:40:31Z（误差 ±1.5001 秒），虚构时间戳，虚构，序号 4"
    assert report(data, digests=digests_of(b"evidence")).verdict is StampVerdict.UNTRUSTED
    assert report(data, trusted).verdict is StampVerdict.INVALID


WRONG: list[tuple[str, StampVerdict, str, bytes]] = []


def wrong(name: str, verdict: StampVerdict, words: str, data: bytes) -> None:
    WRONG.append((name, verdict, words, data))


INVALID, UNDECIDED, UNTRUSTED = StampVerdict.INVALID, StampVerdict.UNDECIDED, StampVerdict.UNTRUSTED
_EXPIRED = issue("过期", by=root(), number=30, usage=STAMPING, until=datetime(2026, 1, 1, tzinfo=UTC))
_EARLY = issue("尚未生效", by=root(), number=31, usage=STAMPING, since=datetime(2026, 4, 1, tzinfo=UTC))
_BARE = issue("没有用途", by=root(), number=32)
_BOTH = issue("两种用途", by=root(), number=33, usage=(*STAMPING, ExtendedKeyUsageOID.SERVER_AUTH))
_MEEK = issue("不关键", by=root(), number=34, usage=STAMPING, critical=False)
_SHORT = issue("短钥", by=root(), kind="rsa1024", usage=STAMPING)
_KEYLESS = issue(
    "不签名", by=root(), number=35, usage=STAMPING,
    extra=((x509.KeyUsage(False, False, True, False, False, False, False, False, False), True),),
)  # fmt: skip
_STRANGE = issue(
    "怪", by=root(), number=36, usage=STAMPING,
    extra=((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),),
)  # fmt: skip
_NO_CA = issue("不是机构", by=root(), number=37)
_UNDER_NO_CA = issue("冒名之下", by=_NO_CA, number=38, usage=STAMPING)
_OLD_CA = issue("过期的机构", by=root(), number=39, ca=True, until=datetime(2026, 1, 1, tzinfo=UTC))
_UNDER_OLD_CA = issue("过期机构之下", by=_OLD_CA, number=40, usage=STAMPING)
_LOW_CA = issue("不得再设下级", by=root(), number=41, ca=True, length=0)
_UNDER_LOW = issue("下级", by=_LOW_CA, number=42, ca=True)
_TOO_LONG = issue("过长", by=_UNDER_LOW, number=43, usage=STAMPING)
_WEB_CA = issue("网站机构", by=root(), number=44, ca=True, usage=(ExtendedKeyUsageOID.SERVER_AUTH,))
_UNDER_WEB = issue("网站机构之下", by=_WEB_CA, number=45, usage=STAMPING)
_FOREIGN = issue("外人", by=root(1), number=46, usage=STAMPING)
_SAME_NAME = issue("虚构时间戳服务", by=root(), number=47, usage=STAMPING)

wrong("another file", INVALID, "不是为这个文件签发", token(b"another", authority()))
wrong("expired", INVALID, "不在签名证书的有效期内（2020-01-01 至 2026-01-01）", from_(_EXPIRED))
wrong("not yet valid", INVALID, "不在签名证书的有效期内", from_(_EARLY))
wrong("no usage", INVALID, "没有“时间戳”用途", from_(_BARE))
wrong("two usages", INVALID, "不是或不只是“时间戳”", from_(_BOTH))
wrong("usage not critical", INVALID, "没有标为关键", from_(_MEEK))
wrong("key not for signing", INVALID, "密钥用途不含签名", from_(_KEYLESS))
wrong("short key", INVALID, "只有 1024 位", from_(_SHORT))
wrong("strange extension", UNDECIDED, "不认识的关键扩展（1.2.3.4）", from_(_STRANGE))
wrong("another root", UNTRUSTED, "没有找到通向", from_(_FOREIGN))
wrong("its own root", UNTRUSTED, "没有找到通向", from_(issue("自签", number=48, usage=STAMPING)))
wrong("issuer is no authority", INVALID, "不是签发机构", from_(_UNDER_NO_CA))
wrong("expired authority", INVALID, "签发链中的证书的有效期", from_(_UNDER_OLD_CA))
wrong("chain too long", INVALID, "签发链长于", from_(_TOO_LONG))
wrong("authority of the web", INVALID, "不得用于时间戳", from_(_UNDER_WEB))
wrong("no certificate", UNDECIDED, "没有带上签名证书", by(embed=False))
wrong("certificate not named", INVALID, "没有写明签名证书", by(names_certificate=False))
wrong("another certificate named", INVALID, "不是带来的这一张", by(named=hashlib.sha256(b"x").digest()))
wrong("signature of something else", INVALID, "被改动过", by(signature_of=b"something else"))
wrong("signed with another key", INVALID, "被改动过", from_(replace(authority(), private=_SAME_NAME.private)))
wrong("attribute of another content", INVALID, "没有写明所签的是时间戳", by(content_type="data"))
wrong("critical extension", UNDECIDED, "不认识的关键扩展", by(extension=True))
wrong("SHA-1 imprint", UNDECIDED, "不在本程序接受之列", by(algorithm="sha1"))
wrong("SHA-1 signature", UNDECIDED, "不在本程序接受之列", by(digest="sha1"))
wrong("refused", INVALID, "没有签发（响应状态 rejection）", response(b"", "rejection"))
wrong("granted nothing", INVALID, "响应中没有时间戳令牌", response(b""))
wrong("empty", INVALID, "文件是空的", b"")
wrong("text", INVALID, "不是时间戳令牌", b"-----BEGIN SOMETHING-----")
wrong("large", INVALID, "超过 256 KB", bytes(MOST_BYTES + 1))
wrong("trailing byte", INVALID, "文件不完整，或不是", by() + b"\0")
wrong("no signed data", INVALID, "不是签名的", cms.ContentInfo({"content_type": "data", "content": b"x"}).dump())


@pytest.mark.parametrize(("verdict", "words", "data"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
def test_what_is_wrong_is_said(verdict: StampVerdict, words: str, data: bytes) -> None:
    made = report(data)
    assert (made.verdict, words in made.reason) == (verdict, True), made


def test_control_without_the_fault_each_is_valid() -> None:
    """The same certificates under the same root stamp well where nothing is wrong with them."""
    for number in (30, 32, 33):
        assert report(from_(issue("好", by=root(), number=number, usage=STAMPING))).verdict is StampVerdict.VALID
    chained = issue("下", by=issue("中", by=root(), number=41, ca=True, length=0), number=43, usage=STAMPING)
    assert report(from_(chained)).verdict is StampVerdict.VALID
    assert report(from_(_FOREIGN), root(1).pem).verdict is StampVerdict.VALID


def test_a_certificate_signed_in_anothers_name_leads_nowhere() -> None:
    false_root = issue("虚构根证书 0", number=50, ca=True)
    made = report(from_(issue("冒名", by=false_root, number=51, usage=STAMPING)))
    assert made.verdict is StampVerdict.UNTRUSTED


def test_two_ways_up_one_of_them_expired() -> None:
    """An intermediate that was renewed with its key: the chain through the new one counts."""
    old = issue("续期机构", by=root(), number=52, ca=True, until=datetime(2026, 1, 1, tzinfo=UTC))
    new = issue("续期机构", by=root(), number=52, ca=True)
    leaf = issue("其下", by=old, number=53, usage=STAMPING)
    both = replace(leaf, above=(old.certificate, new.certificate, root().certificate))
    assert report(from_(both)).verdict is StampVerdict.VALID
    assert report(from_(leaf)).verdict is StampVerdict.INVALID


def test_remarks_on_clocks_and_lists() -> None:
    late = report(by(at=datetime(2026, 6, 1, tzinfo=UTC)))
    assert (late.verdict, late.notes[1:]) == (StampVerdict.VALID, ("签发时间晚于本机时间，本机时钟可能不准",))
    long_ago = report(by(), now=datetime(2041, 1, 1, tzinfo=UTC))
    assert (long_ago.verdict, long_ago.notes[1:]) == (
        StampVerdict.VALID, ("签名证书已于 2040-01-01 到期，签发时仍有效",)
    )  # fmt: skip
    listed = report(by(), "no certificate", root().pem)
    assert (listed.verdict, listed.notes[1:]) == (StampVerdict.VALID, ("信任名单第 1 项不是证书，没有用到",))
    nobody = examine(by(), DIGESTS, ())
    assert nobody.verdict is StampVerdict.UNTRUSTED


def test_a_digest_that_nobody_worked_out() -> None:
    made = report(by(algorithm="sm3"), digests={"sha256": DIGESTS["sha256"]})
    assert (made.verdict, made.reason) == (StampVerdict.UNDECIDED, "没有算出文件的 SM3，不能比对")


# ---------------------------------------------------------------- damage
@pytest.mark.parametrize("whole", [False, True], ids=["token", "response"])
def test_every_cut_is_noticed(whole: bool) -> None:
    data = response(by()) if whole else by()
    for length in range(len(data)):
        made = report(data[:length])
        assert made.verdict is StampVerdict.INVALID, length
        assert "不完整" in made.reason or "是空的" in made.reason


def mutants(data: bytes, seed: int, count: int) -> list[bytes]:
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        mutant = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            place = chance.randrange(len(mutant))
            match chance.randrange(5):
                case 0 | 1:
                    mutant[place] ^= 1 << chance.randrange(8)
                case 2:
                    mutant[place] = chance.randrange(256)
                case 3:
                    del mutant[place : place + chance.randrange(1, 9)]
                case _:
                    mutant[place:place] = chance.randbytes(chance.randrange(1, 9))
        made.append(bytes(mutant))
    return [one for one in made if one != data]


@pytest.mark.parametrize("seed", range(4))
def test_no_mutant_is_valid(seed: int) -> None:
    bare = token(CONTENT, authority(("ec", "rsa", "ed25519", "ec")[seed], seed % 2 == 0))
    for mutant in mutants(bare, seed, 300):
        assert report(mutant).verdict is not StampVerdict.VALID


def test_a_mutant_of_the_wrapping_changes_nothing_that_is_signed() -> None:
    """The status around a token is not signed: a mutant may still be granted, and then says the same."""
    data, sound = response(by()), report(by())
    valid = [made for mutant in mutants(data, 9, 400) if (made := report(mutant)).verdict is StampVerdict.VALID]
    assert all(made == sound for made in valid)


def test_control_without_the_signature_mutants_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "require_signed", lambda *_: None)
    bare = by()
    assert any(report(mutant).verdict is StampVerdict.VALID for mutant in mutants(bare, 1, 400))


def test_many_certificates_cost_little() -> None:
    """Fifty of one name and one key could each have signed each other."""
    crowd = tuple(issue("拥挤", number=60, ca=True, until=UNTIL.replace(year=2030 + n % 9, day=1 + n // 9)).certificate
                  for n in range(50))  # fmt: skip
    leaf = issue("人群之下", by=Holder(crowd[0], issue("拥挤", number=60).private), number=61, usage=STAMPING)
    made = report(from_(replace(leaf, above=(*crowd, root().certificate))))
    assert made.verdict is StampVerdict.UNTRUSTED


def test_the_reader_never_raises_anything_else() -> None:
    chance = random.Random(3)
    for length in (1, 2, 3, 17, 300):
        for _ in range(40):
            with pytest.raises(timestamp_token.Unreadable):
                timestamp_token.read(chance.randbytes(length))
    nested = b"\x30\x80" * 5_000
    with pytest.raises(timestamp_token.Unreadable):
        timestamp_token.read(nested)
    assert SINCE < AT < UNTIL
