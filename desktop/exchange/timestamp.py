"""Time-stamp tokens (RFC 3161, RFC 5816), examined without any network.

A token vouches that a content with this digest existed at ``genTime``, by the signature of a time-stamping authority.
Looked at, in this order: readable and granted; made for this content; signed (CMS, RFC 5652) by the certificate that
the signed attributes name (RFC 5035); that certificate made for time-stamping and nothing else, and valid at
``genTime``; a chain to a certificate that the centre trusts. Whether a certificate was revoked cannot be asked here,
and every report says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from cryptography.x509 import Certificate, ExtensionNotFound, SubjectKeyIdentifier

from desktop.core.stamps import StampReport, StampVerdict
from desktop.exchange import certificates
from desktop.exchange.certificates import Unfit
from desktop.exchange.timestamp_token import MOST_BYTES, SIZES, Token, Unreadable, read

__all__ = ["MOST_BYTES", "NOT_ASKED", "examine"]

NOT_ASKED: Final = "离线核验，没有查询证书是否被吊销"
_NAMES_A_CERTIFICATE: Final = frozenset({"sha1", "sha256", "sha384", "sha512"})  # no proof, only which one is meant


def examine(
    data: bytes, digests: Mapping[str, str], trusted: Sequence[str], *, now: datetime | None = None
) -> StampReport:
    """What a token (``data``: response or bare token, DER) is worth for a file with these ``digests``.

    ``digests`` maps names (sha256, sha384, sha512, sm3) to hexadecimal; ``trusted`` are certificates in PEM: roots,
    intermediates, or the authority's own. ``now`` is only for remarks. Never raises for what ``data`` may hold.
    """
    now = now or datetime.now(UTC)
    notes = [NOT_ASKED]
    anchors = []
    for number, text in enumerate(trusted, 1):
        try:
            anchors.append(certificates.from_pem(text))
        except ValueError:
            notes.append(f"信任名单第 {number} 项不是证书，没有用到")
    try:
        token = read(data)
    except Unreadable as unreadable:
        return StampReport(StampVerdict.INVALID, str(unreadable), None, tuple(notes))
    stamp = token.stamp
    try:
        _require_imprint(token, digests)
        pool = [one for der in token.embedded if (one := certificates.from_der(der)) is not None]
        signer = _signer(token, [*pool, *anchors])
        stamp = replace(stamp, tsa=certificates.name_of(signer))
        _require_signature(token, signer)
        certificates.require_time_stamping(signer, token.gen_time)
        root = certificates.chain(signer, pool, anchors, token.gen_time)
    except Unfit as unfit:
        verdict = StampVerdict.UNDECIDED if unfit.undecided else StampVerdict.INVALID
        return StampReport(verdict, str(unfit), stamp, tuple(notes))
    if token.gen_time > now:
        notes.append("签发时间晚于本机时间，本机时钟可能不准")
    if signer.not_valid_after_utc < now:
        notes.append(f"签名证书已于 {signer.not_valid_after_utc:%Y-%m-%d} 到期，签发时仍有效")
    if root is None:
        reason = "没有找到通向本中心信任的证书的签发链"
        return StampReport(StampVerdict.UNTRUSTED, reason, stamp, tuple(notes))
    return StampReport(StampVerdict.VALID, "", stamp, tuple(notes))


def _require_imprint(token: Token, digests: Mapping[str, str]) -> None:
    stamp = token.stamp
    if stamp.algorithm not in SIZES:
        raise Unfit("令牌所用的摘要算法不在本程序接受之列（SHA-256、SHA-384、SHA-512、SM3）", undecided=True)
    if stamp.algorithm not in digests:
        raise Unfit(f"没有算出文件的 {stamp.algorithm.upper()}，不能比对", undecided=True)
    if stamp.imprint != digests[stamp.algorithm].lower():
        raise Unfit("令牌不是为这个文件签发的：令牌中的摘要与文件的校验值不符")
    if token.critical:
        raise Unfit("令牌含有本程序不认识的关键扩展", undecided=True)


def _signer(token: Token, known: Sequence[Certificate]) -> Certificate:
    """The certificate that the token names: in its signer's identifier and, signed, by its digest."""
    if not token.named:
        raise Unfit("令牌没有写明签名证书，不合 RFC 3161")
    found = [one for one in known if _is_named(token, one)]
    if not found:
        raise Unfit("令牌没有带上签名证书，信任名单中也没有它", undecided=True)
    for algorithm, digest in token.named:
        if algorithm not in _NAMES_A_CERTIFICATE:
            raise Unfit("令牌以本程序不认识的算法指明签名证书", undecided=True)
        found = [one for one in found if _fingerprint(one, algorithm) == digest]
    if not found:
        raise Unfit("令牌写明的签名证书不是带来的这一张")
    return found[0]


def _is_named(token: Token, certificate: Certificate) -> bool:
    if token.key_id:
        try:
            key = certificate.extensions.get_extension_for_class(SubjectKeyIdentifier)
        except ExtensionNotFound:
            return False
        return key.value.digest == token.key_id
    return certificate.serial_number == token.serial and certificate.issuer.public_bytes() == token.issuer


def _fingerprint(certificate: Certificate, algorithm: str) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return hashlib.new(algorithm, certificate.public_bytes(Encoding.DER), usedforsecurity=False).digest()


def _require_signature(token: Token, signer: Certificate) -> None:
    if token.content_types != ("tst_info",):
        raise Unfit("签名没有写明所签的是时间戳")
    hashed = hashlib.new(token.digest, token.content).digest() if token.digest in certificates.SOUND else None
    if hashed is not None and token.message_digests != (hashed,):  # any other digest is judged below
        raise Unfit("签名不成立：令牌的内容或签名被改动过")
    certificates.require_signed(
        signer, token.signature_algorithm, token.pss, token.digest, token.signature, token.signed
    )
