"""A made-up time-stamping authority: its certificates and its tokens, sound or with one thing wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
AT = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
POLICY = "1.3.6.1.4.1.99999.1"
STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 (must be turned down)
    "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()
}  # fmt: skip
_STRANGE = {"extn_id": "2.5.29.99", "critical": True, "extn_value": b"\x05\x00"}


@cache
def key(kind: str, number: int = 0) -> Any:
    """One private key a kind and number; making them takes its time."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:] or 2048))
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else ed25519.Ed25519PrivateKey.generate()


@dataclass(frozen=True)
class Holder:
    """A certificate with its private key and who signed it."""

    certificate: x509.Certificate
    private: Any
    above: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()


def name(common: str) -> x509.Name:
    held = {NameOID.COMMON_NAME: common, NameOID.ORGANIZATION_NAME: "虚构认证机构"}
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in held.items()])


def issue(
    common: str,
    *,
    by: Holder | None = None,
    kind: str = "ec",
    number: int = 0,
    ca: bool = False,
    usage: tuple[x509.ObjectIdentifier, ...] = (),
    critical: bool = True,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    length: int | None = None,
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> Holder:
    """A certificate; without ``by`` it signs itself."""
    private = key(kind, number)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(by.certificate.subject if by else name(common))
        .public_key(private.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(f"{common}{number}".encode()).digest()[:12], "big"))
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca, length if ca else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=critical)
    for extension, insists in extra:
        builder = builder.add_extension(extension, critical=insists)
    signing = by.private if by else private
    algorithm = None if isinstance(signing, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    above = (by.certificate, *by.above) if by else ()
    return Holder(builder.sign(signing, algorithm), private, above)


def root(number: int = 0) -> Holder:
    return _root(number)


@cache
def _root(number: int) -> Holder:
    return issue(f"虚构根证书 {number}", number=number, ca=True)


@cache
def middle() -> Holder:
    return issue("虚构中级证书", by=root(), number=10, ca=True)


def authority(kind: str = "ec", through: bool = False) -> Holder:
    """A sound one under root 0, directly or through the intermediate."""
    return _authority(kind, through)


@cache
def _authority(kind: str, through: bool) -> Holder:
    return issue("虚构时间戳服务", by=middle() if through else root(), kind=kind, number=20, usage=STAMPING)


@dataclass(frozen=True)
class Wishes:
    """What the token shall be like; each field but the first two spoils or changes one thing."""

    algorithm: str = "sha256"
    digest: str = "sha256"
    at: datetime = AT
    serial: int = 17
    accuracy: Mapping[str, int] | None = field(default_factory=lambda: {"seconds": 1, "millis": 500})
    embed: bool = True
    embed_others: bool = True
    names_certificate: bool = True
    old_naming: bool = False
    by_key: bool = False
    pss: bool = False
    content_type: str = "tst_info"
    extension: bool = False
    signature_of: bytes = b""
    named: bytes = b""


def token(content: bytes, by: Holder, wishes: Wishes = Wishes()) -> bytes:
    """A bare token over the digest of ``content``."""
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": {
                "hash_algorithm": _algorithm(wishes.algorithm),
                "hashed_message": _hash(wishes.algorithm, content),
            },
            "serial_number": wishes.serial,
            "gen_time": wishes.at,
            "nonce": 99,
            **({"accuracy": dict(wishes.accuracy)} if wishes.accuracy else {}),
            **({"extensions": [_STRANGE]} if wishes.extension else {}),
        }
    )
    enclosed = info.dump()
    der = by.certificate.public_bytes(Encoding.DER)
    attributes = [
        {"type": "content_type", "values": [wishes.content_type]},
        {"type": "message_digest", "values": [_hash(wishes.digest, enclosed)]},
    ]
    if wishes.names_certificate:
        if wishes.old_naming:
            one = {"cert_hash": wishes.named or hashlib.sha1(der, usedforsecurity=False).digest()}
            attributes.append({"type": "signing_certificate", "values": [{"certs": [one]}]})
        else:
            one = {"cert_hash": wishes.named or hashlib.sha256(der).digest()}
            attributes.append({"type": "signing_certificate_v2", "values": [{"certs": [one]}]})
    signed = cms.CMSAttributes(attributes)
    certificate = asn1.Certificate.load(der)
    sid = (
        {"subject_key_identifier": certificate.key_identifier}
        if wishes.by_key
        else {"issuer_and_serial_number": {"issuer": certificate.issuer, "serial_number": certificate.serial_number}}
    )
    name_, value = next(iter(sid.items()))
    signature, algorithm = _sign(by.private, wishes, wishes.signature_of or signed.dump())
    others = by.above[:-1] if wishes.embed_others else ()  # the root does not travel
    certificates = [certificate, *(asn1.Certificate.load(one.public_bytes(Encoding.DER)) for one in others)]
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [_algorithm(wishes.digest)],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(enclosed)},
            **({"certificates": certificates} if wishes.embed else {}),
            "signer_infos": [
                {
                    "version": "v3" if wishes.by_key else "v1",
                    "sid": cms.SignerIdentifier(name_, value),
                    "digest_algorithm": _algorithm(wishes.digest),
                    "signed_attrs": signed,
                    "signature_algorithm": algorithm,
                    "signature": signature,
                }
            ],
        }
    )
    made: bytes = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return made


def response(bare: bytes, status: str = "granted") -> bytes:
    """What an authority sends."""
    inside: bytes = tsp.PKIStatusInfo({"status": status}).dump() + bare
    return b"\x30\x82" + len(inside).to_bytes(2, "big") + inside


def digests_of(content: bytes) -> dict[str, str]:
    """What a file with this content is known by."""
    return {one: _hash(one, content).hex() for one in ("sha256", "sha384", "sha512", "sm3")}


def _algorithm(name_: str) -> dict[str, str]:
    return {"algorithm": "1.2.156.10197.1.401" if name_ == "sm3" else name_}


def _hash(name_: str, content: bytes) -> bytes:
    if name_ != "sm3":
        return hashlib.new(name_, content, usedforsecurity=False).digest()
    running = hashes.Hash(hashes.SM3())
    running.update(content)
    return running.finalize()


def _sign(private: Any, wishes: Wishes, message: bytes) -> tuple[bytes, Any]:
    algorithm = _HASHES[wishes.digest]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(message), {"algorithm": "ed25519"}
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(message, ec.ECDSA(algorithm)), {"algorithm": f"{algorithm.name}_ecdsa"}
    if wishes.pss:
        parameters = algos.RSASSAPSSParams(
            {
                "hash_algorithm": {"algorithm": algorithm.name},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": algorithm.name}},
                "salt_length": 32,
            }
        )
        made = private.sign(message, padding.PSS(padding.MGF1(algorithm), 32), algorithm)
        return made, {"algorithm": "rsassa_pss", "parameters": parameters}
    return private.sign(message, padding.PKCS1v15(), algorithm), {"algorithm": "rsassa_pkcs1v15"}
