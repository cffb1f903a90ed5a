"""Certificates of time-stamping authorities: which may stamp, what they signed, and whether a chain leads from one to
a certificate that the centre trusts (RFC 5280, the parts that time-stamps need; nothing is asked over a network)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LONGEST: Final = 8
_MOST: Final = 32  # certificates of one token that are looked at
_LEAST_BITS: Final = 2048
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()
}  # fmt: skip
SOUND: Final = frozenset(_HASHES)
_RSA, _PSS, _ED25519 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.3.101.112"
_RSA_WITH: Final = {
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_ECDSA_WITH: Final = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
_SM2: Final = frozenset({"1.2.156.10197.1.501", "1.2.156.10197.1.301.1", "1.2.156.10197.1.301"})
# What a certificate may insist on and this chain can heed; another critical extension breaks it (RFC 5280, 4.2).
_HEEDED: Final = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.CertificatePolicies,
                  x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier, x509.CRLDistributionPoints,
                  x509.AuthorityInformationAccess, x509.SubjectAlternativeName)  # fmt: skip


class Unfit(Exception):
    """Why a token is worth nothing, in Chinese; ``undecided`` when this program merely cannot tell."""

    def __init__(self, reason: str, *, undecided: bool = False) -> None:
        super().__init__(reason)
        self.undecided = undecided


def from_pem(text: str) -> Certificate:
    """ValueError for what is no certificate."""
    try:
        found = x509.load_pem_x509_certificate(text.encode())
        _touch(found)
    except Exception as error:  # the parts of a certificate are read when they are asked for, each with its own faults
        raise ValueError("no certificate") from error
    return found


def from_der(data: bytes) -> Certificate | None:
    """None for what is no certificate, or one that cannot be read to its end."""
    try:
        found = x509.load_der_x509_certificate(data)
        _touch(found)
    except Exception:
        return None
    return found


def split_pem(data: bytes) -> list[str]:
    """The certificates of a PEM file, each as a text of its own; what else the file holds is left out."""
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        found = x509.load_pem_x509_certificates(data)
    except ValueError:
        return []
    return [one.public_bytes(Encoding.PEM).decode() for one in found]


def described(text: str) -> dict[str, str]:
    """Name, last day and SHA-256 of a certificate in PEM; of what is none, that."""
    try:
        found = from_pem(text)
    except ValueError:
        return {"name": "不是证书", "until": "—", "sha256": ""}
    until = f"{found.not_valid_after_utc:%Y-%m-%d}"
    return {"name": name_of(found), "until": until, "sha256": found.fingerprint(hashes.SHA256()).hex()}


def _touch(certificate: Certificate) -> None:
    _ = certificate.extensions, certificate.subject, certificate.issuer, certificate.public_key()
    _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc


def name_of(certificate: Certificate) -> str:
    """Common name and organisation of the subject; the whole name where it has neither."""
    found = [
        str(attribute.value)
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for attribute in certificate.subject.get_attributes_for_oid(oid)[:1]
    ]
    return "，".join(dict.fromkeys(found)) or certificate.subject.rfc4514_string()


def require_time_stamping(certificate: Certificate, at: datetime) -> None:
    """RFC 3161, 2.3: the extended key usage is there, critical, and time-stamping alone. Raises Unfit."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise Unfit("签名证书没有“时间戳”用途，不能签发时间戳") from None
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise Unfit("签名证书的用途不是或不只是“时间戳”，不能签发时间戳")
    if not usage.critical:
        raise Unfit("签名证书的“时间戳”用途没有标为关键，不合 RFC 3161")
    key_usage = _extension(certificate, x509.KeyUsage)
    if key_usage is not None and not (key_usage.digital_signature or key_usage.content_commitment):
        raise Unfit("签名证书的密钥用途不含签名")
    _require_period(certificate, at, "签名证书")


def _require_period(certificate: Certificate, at: datetime, what: str) -> None:
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not since <= at <= until:
        raise Unfit(f"签发时间 {at:%Y-%m-%d} 不在{what}的有效期内（{since:%Y-%m-%d} 至 {until:%Y-%m-%d}）")


def require_signed(
    certificate: Certificate, algorithm: str, parameters: Any, digest: str, signature: bytes, message: bytes
) -> None:
    """``algorithm`` is an object identifier, ``parameters`` those of RSASSA-PSS (salt length, digest names) or None,
    ``digest`` the name that the signer gives. Raises Unfit."""
    if algorithm in _SM2 or digest == "sm3":
        raise Unfit("令牌用国密 SM2 签名，本程序的密码模块不能核验", undecided=True)
    stated = _RSA_WITH.get(algorithm) or _ECDSA_WITH.get(algorithm) or digest
    if digest not in SOUND:
        raise Unfit("令牌的摘要算法不在本程序接受之列（SHA-256、SHA-384、SHA-512）", undecided=True)
    if stated != digest:
        raise Unfit("签名算法与摘要算法不一致")
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm in (_RSA, _PSS, *_RSA_WITH):
            if key.key_size < _LEAST_BITS:
                raise Unfit(f"签名密钥只有 {key.key_size} 位，过短，不予采信")
            key.verify(signature, message, _padding(algorithm, parameters, digest), _HASHES[digest])
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm in _ECDSA_WITH:
            key.verify(signature, message, ec.ECDSA(_HASHES[digest]))
        elif isinstance(key, ed25519.Ed25519PublicKey) and algorithm == _ED25519:
            key.verify(signature, message)
        else:
            raise Unfit(f"签名算法 {algorithm} 与证书的密钥不配，或不为本程序所识", undecided=True)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        raise Unfit("签名不成立：令牌的内容或签名被改动过") from None


def _padding(algorithm: str, parameters: Any, digest: str) -> padding.AsymmetricPadding:
    if algorithm != _PSS:
        return padding.PKCS1v15()
    salt, hash_name, mask_name = parameters
    if hash_name != digest or mask_name not in _HASHES:
        raise Unfit("签名算法与摘要算法不一致")
    return padding.PSS(padding.MGF1(_HASHES[mask_name]), salt)


def chain(
    leaf: Certificate, pool: Sequence[Certificate], anchors: Sequence[Certificate], at: datetime
) -> Certificate | None:
    """The trusted certificate that a chain of ``pool`` leads to, or None. Raises Unfit where every chain that gets
    there breaks a rule: the first such rule. Each certificate of the pool is climbed from once, so that a token with
    many of them costs their square and no more."""
    broken: list[Unfit] = []
    waiting: list[tuple[Certificate, ...]] = [(leaf,)]
    climbed = {leaf}
    for path in waiting:
        if path[-1] in anchors:
            try:
                _require_sound(path, at)
            except Unfit as unfit:
                broken.append(unfit)
                continue
            return path[-1]
        if len(path) > _LONGEST:
            continue
        for issuer in dict.fromkeys([*anchors, *pool[:_MOST]]):
            if issuer not in climbed and _issued(path[-1], issuer):
                waiting.append((*path, issuer))
                climbed |= {issuer} - set(anchors)
    if broken:
        raise broken[0]
    return None


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return certificate != issuer


def _require_sound(path: Sequence[Certificate], at: datetime) -> None:
    """``path`` from the signer up to the trusted one."""
    for depth, certificate in enumerate(path):
        strange = [one.oid.dotted_string for one in certificate.extensions
                   if one.critical and not isinstance(one.value, _HEEDED)]  # fmt: skip
        if strange:
            raise Unfit(f"签发链中的证书含有本程序不认识的关键扩展（{strange[0]}）", undecided=True)
        if depth == 0:
            continue
        constraints = _extension(certificate, x509.BasicConstraints)
        if constraints is None or not constraints.ca:
            raise Unfit("签发链中有不是签发机构的证书")
        if constraints.path_length is not None and depth - 1 > constraints.path_length:
            raise Unfit("签发链长于签发机构的证书所许可的")
        usage = _extension(certificate, x509.KeyUsage)
        if usage is not None and not usage.key_cert_sign:
            raise Unfit("签发链中有不得签发证书的证书")
        extended = _extension(certificate, x509.ExtendedKeyUsage)
        allowed = (ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
        if extended is not None and not any(oid in extended for oid in allowed):
            raise Unfit("签发链中的机构证书不得用于时间戳")
        _require_period(certificate, at, "签发链中的证书")
    for certificate in path[:-1]:
        algorithm = certificate.signature_hash_algorithm
        if algorithm is not None and algorithm.name not in SOUND:
            raise Unfit(f"签发链中的证书用 {algorithm.name.upper()} 签发，不予采信", undecided=True)


def _extension(certificate: Certificate, kind: type[Any]) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
