"""The enrolment file (.kse) that lets a station join a centre, and the certificate that other stations know it by.

JSON, format 1. It holds secrets: the station's log-in and private keys and the centre's bundle key; whoever has the
file can act as that station. Byte strings are base64. The centre signs the certificate, which others see, and the
whole.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import orjson

from db.crypto import KEY_BYTES, PROVIDER, SIGNATURE_BYTES
from db.envelope import canonical
from db.faults import EnvironmentFault
from db.numbers import LAST_SERIAL

SUFFIX: Final = ".kse"
MOST_BYTES: Final = 2**18  # of the file
MOST_NAME: Final = 200  # characters
_KIND: Final = "kuaishen enrolment"
_FORMAT: Final = 1
_MOST_BLOCKS: Final = 1_000
_CENTRE: Final = re.compile(r"[0-9a-f]{32}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Certificate:
    """The centre's word that a station's public keys are its own. ``issued_at`` is ISO 8601 with time zone."""

    centre: str
    station_name: str
    login: str
    sign_public: bytes
    receive_public: bytes
    issued_at: str
    signature: bytes = b""

    def verify(self, centre_public: bytes) -> bool:
        """Whether the centre that holds this key's other half issued it."""
        return PROVIDER.verify(centre_public, self._signed(), self.signature)

    def to_json(self) -> str:
        return orjson.dumps({**self._facts(), "signature": text_of(self.signature)}).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Certificate:
        """ValueError for what is no certificate; whether it is true says :meth:`verify`."""
        return certificate_of(orjson.loads(text))

    def _signed(self) -> bytes:
        return canonical(self._facts())

    def _facts(self) -> dict[str, str]:
        return {
            "centre": self.centre,
            "station_name": self.station_name,
            "login": self.login,
            "sign_public": text_of(self.sign_public),
            "receive_public": text_of(self.receive_public),
            "issued_at": self.issued_at,
        }


def certificate_of(document: Any) -> Certificate:
    """The certificate in a decoded JSON document. ValueError when it is none."""
    facts = _object(document)
    return Certificate(
        centre=_centre(facts.get("centre")),
        station_name=name_of(facts.get("station_name")),
        login=name_of(facts.get("login"), empty=True),
        sign_public=bytes_of(facts.get("sign_public"), KEY_BYTES),
        receive_public=bytes_of(facts.get("receive_public"), KEY_BYTES),
        issued_at=moment(facts.get("issued_at")),
        signature=bytes_of(facts.get("signature"), SIGNATURE_BYTES),
    )


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a station knows of its centre and of itself.

    ``hub`` is {host, port, dbname, tls: 'verify-full' | 'local', ca: PEM or ''}, or None for a centre that exchanges
    files only; ``blocks`` are the reserved serials (first, last).
    """

    centre_name: str
    centre_public: bytes
    bundle_key: bytes = field(repr=False)
    certificate: Certificate
    password: str = field(repr=False)
    sign_private: bytes = field(repr=False)
    receive_private: bytes = field(repr=False)
    hub: Mapping[str, Any] | None
    blocks: tuple[tuple[int, int], ...]
    signature: bytes = b""  # the centre's, over all the rest

    @property
    def centre_id(self) -> str:
        return self.certificate.centre

    @property
    def station_name(self) -> str:
        return self.certificate.station_name

    @property
    def login(self) -> str:
        return self.certificate.login

    def to_json(self) -> str:
        """The content of the file; the store keeps the same."""
        document = {**self._facts(), "signature": text_of(self.signature)}
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()

    @classmethod
    def from_json(cls, text: str) -> Enrolment:
        """As :func:`read`."""
        return read(text.encode())

    def _facts(self) -> dict[str, Any]:
        return {
            "kind": _KIND,
            "format": _FORMAT,
            "suite": PROVIDER.suite,
            "centre": {
                "name": self.centre_name,
                "public": text_of(self.centre_public),
                "bundle_key": text_of(self.bundle_key),
            },
            "station": {
                "password": self.password,
                "sign_private": text_of(self.sign_private),
                "receive_private": text_of(self.receive_private),
            },
            "certificate": {**self.certificate._facts(), "signature": text_of(self.certificate.signature)},
            "hub": self.hub,
            "blocks": self.blocks,
        }

    def _signed(self) -> bytes:
        return canonical(self._facts())

    def _holds(self) -> bool:
        """Whether it is as the centre issued it, and the private keys belong to the certificate."""
        certificate = self.certificate
        return (
            certificate.verify(self.centre_public)
            and PROVIDER.verify(self.centre_public, self._signed(), self.signature)
            and PROVIDER.signing_public(self.sign_private) == certificate.sign_public
            and PROVIDER.receiving_public(self.receive_private) == certificate.receive_public
        )


def issue(
    *,
    centre_id: str,
    centre_name: str,
    centre_key: bytes,
    bundle_key: bytes,
    station_name: str,
    login: str,
    password: str,
    hub: Mapping[str, Any] | None,
    blocks: Sequence[tuple[int, int]],
) -> bytes:
    """The enrolment file of a new station, with fresh keys of its own. ``centre_key`` is the centre's raw private
    signing key. EnvironmentFault "bad_enrolment" for names and figures that :func:`read` would refuse."""
    sign_private, receive_private = PROVIDER.new_signing_key(), PROVIDER.new_receiving_key()
    bare = Certificate(
        centre=centre_id,
        station_name=station_name,
        login=login,
        sign_public=PROVIDER.signing_public(sign_private),
        receive_public=PROVIDER.receiving_public(receive_private),
        issued_at=datetime.now().astimezone().isoformat(timespec="seconds"),
    )
    made = Enrolment(
        centre_name=centre_name,
        centre_public=PROVIDER.signing_public(centre_key),
        bundle_key=bundle_key,
        certificate=replace(bare, signature=PROVIDER.sign(centre_key, bare._signed())),
        password=password,
        sign_private=sign_private,
        receive_private=receive_private,
        hub=hub,
        blocks=tuple(blocks),
    )
    made = replace(made, signature=PROVIDER.sign(centre_key, made._signed()))
    data = made.to_json().encode()
    try:
        read(data)  # what nobody could read is not handed out
    except EnvironmentFault as fault:
        raise _bad("中心或站点名称、网络同步的地址或号段不合规范，没有生成登记文件，请检查后重新登记。") from fault
    return data


def read(data: bytes) -> Enrolment:
    """The enrolment in a file. EnvironmentFault "bad_enrolment" for anything that is not a sound one."""
    if len(data) > MOST_BYTES:
        raise _bad("这个文件太大，不是登记文件，请选择中心管理员发来的 .kse 文件。")
    try:
        document = _object(orjson.loads(data))
        if document.get("kind") != _KIND:
            raise ValueError("another kind")
    except ValueError as error:
        raise _bad("这不是登记文件，或文件已损坏，请选择中心管理员发来的 .kse 文件。") from error
    if document.get("format") != _FORMAT or document.get("suite") != PROVIDER.suite:
        raise _bad("登记文件的版本与本程序不符，请升级程序，或请中心管理员重新发放。")
    try:
        found = _enrolment(document)
    except (ValueError, TypeError) as error:
        raise _bad("登记文件的内容不完整或已损坏，请中心管理员重新发放。") from error
    if not found._holds():
        raise _bad("登记文件被改动过，或其中的站点证书无效，请中心管理员重新发放。")
    return found


def _enrolment(document: dict[str, Any]) -> Enrolment:
    centre, station = _object(document.get("centre")), _object(document.get("station"))
    certificate = certificate_of(document.get("certificate"))
    hub = document.get("hub")
    return Enrolment(
        centre_name=name_of(centre.get("name")),
        centre_public=bytes_of(centre.get("public"), KEY_BYTES),
        bundle_key=bytes_of(centre.get("bundle_key"), KEY_BYTES),
        certificate=certificate,
        password=name_of(station.get("password"), empty=hub is None),
        sign_private=bytes_of(station.get("sign_private"), KEY_BYTES),
        receive_private=bytes_of(station.get("receive_private"), KEY_BYTES),
        hub=None if hub is None else _hub(_object(hub), certificate.login),
        blocks=_blocks(document.get("blocks")),
        signature=bytes_of(document.get("signature"), SIGNATURE_BYTES),
    )


def _hub(facts: dict[str, Any], login: str) -> dict[str, Any]:
    port, tls, ca = facts.get("port"), facts.get("tls"), facts.get("ca")
    if port.__class__ is not int or not 0 < port < 2**16 or tls not in ("verify-full", "local") or not login:
        raise ValueError("no way to the hub")
    if not isinstance(ca, str) or (tls == "verify-full" and not ca):
        raise ValueError("no certificate of the hub")
    if ca:
        from cryptography.x509 import load_pem_x509_certificates

        load_pem_x509_certificates(ca.encode())
    host, dbname = name_of(facts.get("host")), name_of(facts.get("dbname"))
    return {"host": host, "port": port, "dbname": dbname, "tls": tls, "ca": ca}


def _blocks(value: Any) -> tuple[tuple[int, int], ...]:
    if not isinstance(value, list) or len(value) > _MOST_BLOCKS:
        raise ValueError("no blocks")
    blocks = []
    for block in value:
        first, last = block
        if first.__class__ is not int or last.__class__ is not int or not 0 < first <= last <= LAST_SERIAL:
            raise ValueError("no block")
        blocks.append((first, last))
    inside = sorted(blocks)
    if any(one[1] >= other[0] for one, other in itertools.pairwise(inside)):
        raise ValueError("blocks overlap")
    return tuple(blocks)


def moment(value: Any) -> str:
    """A time in ISO 8601 with time zone, as it stands. ValueError for anything else."""
    if not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is None:
        raise ValueError("no moment")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _centre(value: Any) -> str:
    if not isinstance(value, str) or not _CENTRE.fullmatch(value):
        raise ValueError("no centre")
    return value


def name_of(value: Any, *, empty: bool = False) -> str:
    """A name on one line, as it stands. ValueError for anything else."""
    if not isinstance(value, str) or len(value) > MOST_NAME or _CONTROL.search(value) or not (empty or value.strip()):
        raise ValueError("no name")
    return value


def bytes_of(value: Any, length: int) -> bytes:
    """What :func:`text_of` made a text of. ValueError for anything else."""
    if not isinstance(value, str):
        raise ValueError("no bytes")
    found = base64.b64decode(value, validate=True)
    # A text with loose bits at its end would be a second spelling of the same bytes.
    if len(found) != length or text_of(found) != value:
        raise ValueError("no bytes of that length")
    return found


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bad(sentence: str) -> EnvironmentFault:
    return EnvironmentFault("bad_enrolment", sentence)
