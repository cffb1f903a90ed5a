"""The parts of a time-stamp token (RFC 3161 on CMS, RFC 5652) that its examination needs, read all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from asn1crypto import cms, core, tsp

from desktop.core.stamps import Stamp

MOST_BYTES: Final = 2**18  # real ones have some thousand
SIZES: Final = {"sha256": 32, "sha384": 48, "sha512": 64, "sm3": 32}  # bytes
_DIGESTS: Final = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "1.2.156.10197.1.401": "sm3",
}
_RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
_GRANTED: Final = frozenset({"granted", "granted_with_mods"})
_TIME: Final = re.compile(rb"\d{14}(\.\d*[1-9])?Z")  # RFC 3161, 2.4.2
_FORMATS: Final = "应为 RFC 3161 时间戳响应（.tsr）或令牌（.tst、.der）"


class Unreadable(Exception):
    """No token. The text says why, in Chinese."""


@dataclass(frozen=True)
class Token:
    """``content`` is what was stamped and ``signed`` what the signature covers, both in DER; ``digest`` names the
    signer's digest; ``named`` are (algorithm, digest) of the certificate that the signer says is his; he is known by
    ``issuer`` and ``serial``, or by ``key_id``; ``embedded`` are the certificates that came along."""

    stamp: Stamp
    gen_time: datetime
    content: bytes
    signed: bytes
    signature: bytes
    digest: str
    signature_algorithm: str
    pss: tuple[int, str, str] | None
    content_types: tuple[str, ...]
    message_digests: tuple[bytes, ...]
    named: tuple[tuple[str, bytes], ...]
    issuer: bytes
    serial: int
    key_id: bytes
    embedded: tuple[bytes, ...]
    critical: bool


def read(data: bytes) -> Token:
    """From a response or a bare token. Raises Unreadable, and nothing else, whatever the data may hold."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"文件超过 {MOST_BYTES // 1024} KB，不是时间戳令牌，{_FORMATS}")
    if not data:
        raise Unreadable(f"文件是空的，{_FORMATS}")
    try:
        return _token(_content_info(data))
    except Unreadable:
        raise
    except Exception as error:  # the parser works when it is asked, and stumbles in many ways of its own
        raise Unreadable(f"文件不完整，或不是时间戳令牌，{_FORMATS}") from error


def _content_info(data: bytes) -> cms.ContentInfo:
    outer = core.Sequence.load(data, strict=True)
    if isinstance(outer[0], core.ObjectIdentifier):
        return cms.ContentInfo.load(data, strict=True)
    status = tsp.PKIStatusInfo.load(outer[0].dump(), strict=True)["status"].native
    if status not in _GRANTED:
        raise Unreadable(f"时间戳服务机构没有签发（响应状态 {status}）")
    if len(outer) != 2:  # a refusal comes without a token
        raise Unreadable(f"响应中没有时间戳令牌，{_FORMATS}")
    return cms.ContentInfo.load(outer[1].dump(), strict=True)


def _token(info: cms.ContentInfo) -> Token:
    if info["content_type"].native != "signed_data":
        raise Unreadable(f"文件不是签名的时间戳令牌，{_FORMATS}")
    signed = info["content"]
    enclosed = signed["encap_content_info"]
    if enclosed["content_type"].native != "tst_info":
        raise Unreadable(f"文件有签名，内容却不是时间戳，{_FORMATS}")
    if len(signed["signer_infos"]) != 1:
        raise Unreadable("令牌应当恰有一个签名")
    signer = signed["signer_infos"][0]
    by_key = signer["sid"].name == "subject_key_identifier"
    # RFC 5652, 5.1 and 5.3: the versions follow from the content.
    if signed["version"].native not in ("v3", "v4", "v5") or signer["version"].native != ("v3" if by_key else "v1"):
        raise Unreadable("令牌的版本号不成立")
    digest = _digest(signer["digest_algorithm"])
    if digest not in map(_digest, signed["digest_algorithms"]):
        raise Unreadable("令牌的摘要算法前后不一")
    attributes: dict[str, list[Any]] = {}
    for attribute in signer["signed_attrs"]:
        attributes.setdefault(attribute["type"].native, []).extend(attribute["values"])
    algorithm = signer["signature_algorithm"]
    content = bytes(enclosed["content"])
    stamped = tsp.TSTInfo.load(content, strict=True)
    stamp, gen_time = _stamp(stamped)
    sid = signer["sid"].chosen
    return Token(
        stamp=stamp,
        gen_time=gen_time,
        content=content,
        signed=b"\x31" + signer["signed_attrs"].dump()[1:],  # signed as a SET OF, sent under the tag [0]
        signature=signer["signature"].native,
        digest=digest,
        signature_algorithm=algorithm["algorithm"].dotted,
        pss=_pss(algorithm),
        content_types=tuple(one.native for one in attributes.get("content_type", ())),
        message_digests=tuple(one.native for one in attributes.get("message_digest", ())),
        named=_named(attributes),
        issuer=b"" if by_key else sid["issuer"].dump(),
        serial=-1 if by_key else sid["serial_number"].native,
        key_id=sid.native if by_key else b"",
        embedded=tuple(one.chosen.dump() for one in signed["certificates"] if one.name == "certificate"),
        critical=any(one["critical"].native for one in stamped["extensions"]),
    )


def _stamp(stamped: tsp.TSTInfo) -> tuple[Stamp, datetime]:
    if stamped["version"].native != "v1":
        raise Unreadable("令牌的版本号不成立")
    if not _TIME.fullmatch(stamped["gen_time"].contents):
        raise Unreadable("签发时间的写法不成立")
    gen_time = stamped["gen_time"].native
    imprint = stamped["message_imprint"]
    algorithm = _digest(imprint["hash_algorithm"])
    if len(imprint["hashed_message"].native) != SIZES.get(algorithm, len(imprint["hashed_message"].native)):
        raise Unreadable("令牌中的摘要长短与算法不符")
    stamp = Stamp(
        gen_time=gen_time.isoformat().replace("+00:00", "Z"),
        serial=str(stamped["serial_number"].native),
        policy=stamped["policy"].dotted,
        tsa="",
        accuracy=_accuracy(stamped["accuracy"]),
        algorithm=algorithm,
        imprint=imprint["hashed_message"].native.hex(),
    )
    return stamp, gen_time


def _accuracy(accuracy: Any) -> str:
    """误差 ±1.5 秒; empty where none is given."""
    parts = [(accuracy[name].native or 0) for name in ("seconds", "millis", "micros")] if accuracy.native else []
    if not any(parts):
        return ""
    seconds, millis, micros = parts
    return f"误差 ±{(Decimal(seconds) + Decimal(millis) / 1_000 + Decimal(micros) / 1_000_000).normalize():f} 秒"


def _named(attributes: dict[str, list[Any]]) -> tuple[tuple[str, bytes], ...]:
    """RFC 3161, 2.4.2 and RFC 5816: the first certificate of the attribute is the signer's own."""
    found = [("sha1", one["certs"][0]["cert_hash"].native) for one in attributes.get("signing_certificate", ())]
    for one in attributes.get("signing_certificate_v2", ()):
        first = one["certs"][0]
        found.append((_digest(first["hash_algorithm"]), first["cert_hash"].native))
    return tuple(found)


def _digest(algorithm: Any) -> str:
    """Its name, or its object identifier where it has none here."""
    _require_bare(algorithm)
    dotted: str = algorithm["algorithm"].dotted
    return _DIGESTS.get(dotted, dotted)


def _require_bare(algorithm: Any) -> None:
    """No parameters, or NULL for them: what else stood there would not be covered by the signature."""
    parameters = algorithm["parameters"]
    if not isinstance(parameters, core.Void) and parameters.dump() not in (b"", b"\x05\x00"):
        raise Unreadable("令牌的算法带有多余的参数")


def _pss(algorithm: Any) -> tuple[int, str, str] | None:
    """(salt length, digest, digest of the mask) of RSASSA-PSS, None for the algorithms that take no parameters."""
    if algorithm["algorithm"].dotted != _RSASSA_PSS:
        _require_bare(algorithm)
        return None
    parameters = algorithm["parameters"]
    mask = parameters["mask_gen_algorithm"]
    return parameters["salt_length"].native, _digest(parameters["hash_algorithm"]), _digest(mask["parameters"])
