"""Enrolment files: what was issued is read, and nothing else is."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from db import enrolment
from db.crypto import PROVIDER
from db.enrolment import Certificate, Enrolment, text_of
from db.faults import EnvironmentFault
from tests.db.enrolled import LOCAL, Centre

GOLDEN = Path(__file__).parent / "golden"


def refused(data: bytes) -> str:
    with pytest.raises(EnvironmentFault) as caught:
        enrolment.read(data)
    assert caught.value.code == "bad_enrolment"
    assert re.fullmatch(r"[^。]*[\u4e00-\u9fff][^。]*。", str(caught.value))
    return str(caught.value)


def test_what_was_issued_is_read() -> None:
    centre = Centre()
    found = centre.enrol("乙", blocks=[(5_001, 10_000), (1, 5_000)])
    assert (found.centre_id, found.centre_name, found.bundle_key) == (centre.id, "某某中心", centre.bundle_key)
    assert found.centre_public == PROVIDER.signing_public(centre.key)
    assert (found.station_name, found.login, found.password) == ("乙", "ks_乙", "made-up 口令")
    assert found.hub == LOCAL
    assert found.blocks == ((5_001, 10_000), (1, 5_000))
    assert found.certificate.verify(found.centre_public)
    assert PROVIDER.signing_public(found.sign_private) == found.certificate.sign_public
    assert PROVIDER.receiving_public(found.receive_private) == found.certificate.receive_public


def test_kept_in_the_store_and_read_again() -> None:
    found = Centre().enrol("乙")
    assert Enrolment.from_json(found.to_json()) == found
    assert Certificate.from_json(found.certificate.to_json()) == found.certificate


def test_each_station_has_its_own_keys() -> None:
    centre = Centre()
    one, other = centre.enrol("乙"), centre.enrol("乙")
    keys = {one.sign_private, other.sign_private, one.receive_private, other.receive_private}
    assert len(keys) == 4


def test_a_centre_without_a_hub_needs_no_log_in() -> None:
    found = Centre().enrol("乙", hub=None, login="", password="")
    assert (found.hub, found.login) == (None, "")


def test_secrets_are_not_shown() -> None:
    found = Centre().enrol("乙")
    shown = repr(found)
    for secret in (found.password, found.bundle_key, found.sign_private, found.receive_private):
        assert str(secret) not in shown


def test_no_certificate_of_another_centre_is_good() -> None:
    certificate = Centre().enrol("乙").certificate
    assert not certificate.verify(PROVIDER.signing_public(PROVIDER.new_signing_key()))
    assert not certificate.verify(b"")


@pytest.mark.parametrize(
    "change",
    [
        {"centre": "0" * 32},
        {"station_name": "丙"},
        {"login": "ks_other"},
        {"sign_public": bytes(32)},
        {"receive_public": bytes(32)},
        {"issued_at": "2020-01-01T00:00:00+08:00"},
        {"signature": bytes(64)},
    ],
)
def test_a_changed_certificate_is_not_good(change: dict[str, Any]) -> None:
    found = Centre().enrol("乙")
    assert found.certificate.verify(found.centre_public)
    assert not replace(found.certificate, **change).verify(found.centre_public)


@pytest.mark.parametrize("text", ["{}", "[]", "1", '{"centre": 1}', "x"])
def test_what_is_no_certificate(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any kind of it
        Certificate.from_json(text)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("kind", "another kind", "不是登记文件"),
        ("format", 2, "升级程序"),
        ("format", None, "升级程序"),
        ("suite", "sm2-sm4", "升级程序"),
        ("centre", None, "不完整"),
        ("centre.name", "", "不完整"),
        ("centre.name", "某\n某", "不完整"),
        ("centre.name", "某" * 201, "不完整"),
        ("centre.public", "AAAA", "不完整"),
        ("centre.bundle_key", 7, "不完整"),
        ("station.password", "", "不完整"),
        ("station.sign_private", "!", "不完整"),
        ("certificate.centre", "../../x", "不完整"),
        ("certificate.issued_at", "昨天", "不完整"),
        ("certificate.issued_at", "2026-03-02T10:00:00", "不完整"),
        ("certificate.station_name", 1, "不完整"),
        ("hub", [], "不完整"),
        ("hub.port", 0, "不完整"),
        ("hub.port", True, "不完整"),
        ("hub.port", "5432", "不完整"),
        ("hub.tls", "prefer", "不完整"),
        ("hub.tls", "verify-full", "不完整"),
        ("hub.ca", "no certificate", "不完整"),
        ("hub.ca", None, "不完整"),
        ("hub.host", "", "不完整"),
        ("certificate.login", "", "不完整"),
        ("blocks", [[5, 4]], "不完整"),
        ("blocks", [[0, 4]], "不完整"),
        ("blocks", [[1, 10_000_000]], "不完整"),
        ("blocks", [[1, 10], [10, 20]], "不完整"),
        ("blocks", [[1, 10, 20]], "不完整"),
        ("blocks", [1], "不完整"),
        ("blocks", [[1, 1.5]], "不完整"),
        ("blocks", [[n, n] for n in range(1, 1_002)], "不完整"),
        ("blocks", [[1, 9_000]], "改动过"),
        ("station.password", "another", "改动过"),
        ("centre.name", "别的中心", "改动过"),
        ("hub.host", "elsewhere", "改动过"),
        ("certificate.station_name", "丙", "证书无效"),
        ("signature", text_of(bytes(64)), "改动过"),
    ],
)
def test_what_is_not_sound_is_refused(path: str, value: Any, words: str) -> None:
    document = orjson.loads(Centre().file("乙"))
    inside = document
    *way, last = path.split(".")
    for step in way:
        inside = inside[step]
    assert last in inside
    inside[last] = value
    assert words in refused(orjson.dumps(document))


@pytest.mark.parametrize("key", ["sign_private", "receive_private", "certificate"])
def test_a_whole_whose_parts_do_not_fit_is_refused(key: str) -> None:
    centre = Centre()
    found = centre.enrol("乙")
    other = replace(found.certificate, signature=bytes(64)) if key == "certificate" else PROVIDER.new_signing_key()
    changes: dict[str, Any] = {key: other}
    wrong = replace(found, **changes)
    signed = replace(wrong, signature=PROVIDER.sign(centre.key, wrong._signed()))
    assert "证书无效" in refused(signed.to_json().encode())


@pytest.mark.parametrize("data", [b"", b"x", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 5_000, b'{"kind": 1e999}'])
def test_another_file_is_refused(data: bytes) -> None:
    assert "不是登记文件" in refused(data)


def test_a_file_of_absurd_size_is_refused() -> None:
    assert "太大" in refused(Centre().file("乙") + b" " * enrolment.MOST_BYTES)


@pytest.mark.parametrize(
    "change",
    [{"station_name": ""}, {"blocks": [(1, 1), (1, 1)]}, {"hub": {**LOCAL, "port": 0}}, {"bundle_key": b"short"}],
)
def test_what_nobody_could_read_is_not_issued(change: dict[str, Any]) -> None:
    with pytest.raises(EnvironmentFault, match="没有生成登记文件"):
        Centre().file("乙", **change)


def mutated(data: bytes, chance: random.Random) -> bytes:
    kinds: list[Callable[[int], bytes]] = [
        lambda at: data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
        lambda at: data[:at],
        lambda at: data[:at] + data[at + chance.randint(1, 20) :],
        lambda at: data[:at] + chance.randbytes(chance.randint(1, 20)) + data[at:],
        lambda at: data[:at] + data[chance.randrange(len(data)) :],
    ]
    return chance.choice(kinds)(chance.randrange(len(data)))


def _trials(count: int) -> int:
    data = Centre().file("乙")
    expected = enrolment.read(data)
    refusals = 0
    for seed in range(count):
        try:
            found = enrolment.read(mutated(data, random.Random(seed)))
        except EnvironmentFault:
            refusals += 1
        else:
            assert found == expected  # a blank more or less
    return refusals


def test_mutations_are_refused_or_harmless() -> None:
    assert _trials(500) > 400


@pytest.mark.long
def test_mutations_are_refused_or_harmless_long() -> None:
    assert _trials(10_000) > 8_000


def test_the_file_of_the_first_version_is_still_read() -> None:
    found = enrolment.read((GOLDEN / "enrolment-1.kse").read_bytes())
    assert (found.centre_name, found.station_name, found.login) == ("示例保护中心", "窗口一", "ks_example_1")
    assert found.hub is not None
    assert (found.hub["host"], found.hub["tls"]) == ("hub.example", "verify-full")
    assert found.blocks == ((1, 5_000), (20_001, 25_000))
