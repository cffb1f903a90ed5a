"""The cryptography of enrolment files and bundles behind one small port, so that a certified module can take its place.

The standard provider signs with Ed25519 (RFC 8032), agrees with X25519 (RFC 7748), derives with HKDF-SHA256 (RFC 5869)
and seals with AES-256-GCM (NIST SP 800-38D). Keys are raw bytes, 32 each. Digests are SHA-2 (FIPS 180-4) and SM3.
"""

from __future__ import annotations

import hashlib
from typing import Final, Protocol

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
SIGNATURE_BYTES: Final = 64


class Unopened(Exception):
    """Not what was sealed, or sealed with another key."""


class Digest(Protocol):
    """A digest that grows with what it is given."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str:
        """Of what it was given so far, in lower case."""
        ...


class Provider(Protocol):
    """What a cryptographic module must offer. ``suite`` names it in every file that it helped to write."""

    suite: str

    def new_signing_key(self) -> bytes: ...

    def signing_public(self, private: bytes) -> bytes:
        """ValueError for what is no key."""
        ...

    def sign(self, private: bytes, message: bytes) -> bytes: ...

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool: ...

    def new_receiving_key(self) -> bytes: ...

    def receiving_public(self, private: bytes) -> bytes:
        """ValueError for what is no key."""
        ...

    def agree(self, public: bytes) -> tuple[bytes, bytes]:
        """A secret that only the holder of the private key can find again: (token to send along, secret)."""
        ...

    def agreed(self, private: bytes, token: bytes) -> bytes:
        """The secret that a token stands for. Unopened for a token that is none."""
        ...

    def derive(self, secret: bytes, salt: bytes, purpose: bytes) -> bytes:
        """A key for one purpose."""
        ...

    def seal(self, key: bytes, nonce: bytes, plain: bytes) -> bytes:
        """``TAG_BYTES`` longer than the plain text. A nonce must never come twice under one key."""
        ...

    def open(self, key: bytes, nonce: bytes, sealed: bytes) -> bytes:
        """Raises Unopened."""
        ...

    def digest(self, name: str) -> Digest:
        """A running digest: sha256, sha384, sha512 or sm3. ValueError for another name."""
        ...


class Standard:
    """The international algorithms, from the ``cryptography`` package (loaded at first use)."""

    suite = "ed25519-x25519-aes256gcm"

    def new_signing_key(self) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.generate().private_bytes_raw()

    def signing_public(self, private: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

    def sign(self, private: bytes, message: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(private).sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def new_receiving_key(self) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        return X25519PrivateKey.generate().private_bytes_raw()

    def receiving_public(self, private: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()

    def agree(self, public: bytes) -> tuple[bytes, bytes]:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

        once = X25519PrivateKey.generate()
        return once.public_key().public_bytes_raw(), once.exchange(X25519PublicKey.from_public_bytes(public))

    def agreed(self, private: bytes, token: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

        try:  # a token of small order would make a secret that everybody knows
            return X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(token))
        except ValueError as error:
            raise Unopened from error

    def derive(self, secret: bytes, salt: bytes, purpose: bytes) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), KEY_BYTES, salt, purpose).derive(secret)

    def seal(self, key: bytes, nonce: bytes, plain: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(key).encrypt(nonce, plain, None)

    def open(self, key: bytes, nonce: bytes, sealed: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(key).decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError) as error:
            raise Unopened from error

    def digest(self, name: str) -> Digest:
        if name in ("sha256", "sha384", "sha512"):
            return hashlib.new(name)
        if name == "sm3":
            return _Sm3()
        raise ValueError(f"no such digest: {name}")


class _Sm3:
    """SM3 (GB/T 32905-2016, ISO/IEC 10118-3:2018). Python's own hashlib has it only where its OpenSSL was built so."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.hashes import SM3, Hash

        self._hash = Hash(SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def hexdigest(self) -> str:
        return self._hash.copy().finalize().hex()


PROVIDER: Final[Provider] = Standard()
