"""A sealed file for other stations of the centre: a clear head, encrypted frames, and a signature over all of it.

Layout, numbers big-endian:

    8 bytes magic, 2 bytes format, 4 bytes length of the head, the head as JSON
    frames of 65,536 bytes of plain text each, the last one of 1 to 65,536, sealed with a key of this file alone;
        their nonce is the running number in 11 bytes and one byte that marks the last
    32 bytes SHA-256 over the SHA-256 of all before the frames and of each frame
    64 bytes signature over a purpose and those 32 bytes

A reader checks the signature before it decrypts, and holds each frame against its SHA-256 whenever it reads it again:
a stick may be swapped under its hands. Nothing in here is compressed, so nothing can swell.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final, NamedTuple

import orjson

from db.connection import STORE_NAME
from db.crypto import KEY_BYTES, NONCE_BYTES, PROVIDER, SIGNATURE_BYTES, TAG_BYTES, Unopened
from db.enrolment import Certificate, Enrolment, bytes_of, certificate_of, moment, name_of, text_of
from db.faults import EnvironmentFault, translating
from db.files import private, replace_durably
from db.keys import KEYRING_NAME

FRAME: Final = 2**16
MOST_BYTES: Final = 16 * 2**30  # of a file
MAGIC: Final = b"\x89KSB\r\n\x1a\n"  # shows at once when a file was sent as text
FORMAT: Final = 1
_OPENING: Final = struct.Struct(">8sHI")
_MOST_HEAD: Final = 2**14
_SALT_BYTES: Final = 32
_DIGEST_BYTES: Final = 32
_TRAILER: Final = _DIGEST_BYTES + SIGNATURE_BYTES
_KEY_PURPOSE: Final = b"kuaishen bundle key 1\n"
_SIGN_PURPOSE: Final = b"kuaishen bundle 1\n"
_EVERYONE: Final = "everyone"
_WORK: Final = ".ksb-"  # begins the name of a file at work
_ABANDONED: Final = 86_400  # seconds


class Recipient(NamedTuple):
    name: str
    receive_public: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """What everybody may read. ``recipient`` is None for everyone in the centre; ``token`` is what the recipient finds
    the key with, empty for everyone. ``made_at`` is ISO 8601 with time zone."""

    certificate: Certificate
    recipient: Recipient | None
    made_at: str
    salt: bytes
    token: bytes

    def packed(self) -> bytes:
        """All before the frames."""
        to = self.recipient
        text = orjson.dumps(
            {
                "suite": PROVIDER.suite,
                "certificate": orjson.Fragment(self.certificate.to_json()),
                "for": _EVERYONE if to is None else {"name": to.name, "receive_public": text_of(to.receive_public)},
                "made_at": self.made_at,
                "salt": text_of(self.salt),
                "token": text_of(self.token),
            }
        )
        return _OPENING.pack(MAGIC, FORMAT, len(text)) + text


def damaged() -> EnvironmentFault:
    return EnvironmentFault(
        "damaged_bundle", "交换包已损坏或不完整，没有导入其中任何内容，请重新拷贝，或请对方重新制作。"
    )


class SealedWriter:
    """Writes one file, beside its place until :meth:`finish` moves it there whole.

    EnvironmentFault "unfit_target" for a place where something else would be lost.
    """

    def __init__(self, path: Path, enrolment: Enrolment, recipient: Certificate | None) -> None:
        self.path = path
        self._enrolment = enrolment
        token, secret = b"", enrolment.bundle_key
        to = None
        if recipient is not None:
            if recipient.centre != enrolment.centre_id or not recipient.verify(enrolment.centre_public):
                raise EnvironmentFault(
                    "foreign_recipient", f"{recipient.station_name} 不是本中心登记的站点，不能为它制作交换包。"
                )
            token, secret = PROVIDER.agree(recipient.receive_public)
            to = Recipient(recipient.station_name, recipient.receive_public)
        self.head = Head(
            enrolment.certificate,
            to,
            datetime.now().astimezone().isoformat(timespec="seconds"),
            secrets.token_bytes(_SALT_BYTES),
            token,
        )
        opening = self.head.packed()
        self._key = _key(secret, self.head.salt, opening)
        self._digest = hashlib.sha256(hashlib.sha256(opening).digest())
        self._frames = 0
        self._waiting = bytearray()
        self._size = len(opening) + _TRAILER
        with _writing():
            _refuse_to_overwrite(path, enrolment.certificate)
            if not path.absolute().parent.is_dir():  # a stick that is not plugged in must not become a folder
                raise EnvironmentFault("unfit_target", f"找不到文件夹 {path.absolute().parent}，请确认移动存储已插好。")
            _clear_abandoned(path.parent)
            self._part = path.with_name(_WORK + secrets.token_hex(8))
            self._file: IO[bytes] | None = open(self._part, "xb", opener=private)  # noqa: SIM115 - closed by finish
        try:
            self._put(opening)
        except BaseException:
            self.abandon()
            raise

    @property
    def open(self) -> bool:
        """Whether it is neither finished nor abandoned."""
        return self._file is not None

    def write(self, plain: bytes) -> None:
        """Adds plain text. When this fails, the file is no more."""
        self._waiting += plain
        try:
            while len(self._waiting) > FRAME:  # the last frame is never empty
                self._frame(bytes(self._waiting[:FRAME]), last=False)
                del self._waiting[:FRAME]
        except BaseException:
            self.abandon()
            raise

    def finish(self) -> None:
        """Signs, and puts the file in its place so that it survives a power cut."""
        file = self._file
        if file is None:
            return
        try:
            self._frame(bytes(self._waiting), last=True)
            digest = self._digest.digest()
            self._put(digest + PROVIDER.sign(self._enrolment.sign_private, _SIGN_PURPOSE + digest))
            with _writing():
                file.flush()
                os.fsync(file.fileno())
                file.close()
                replace_durably(self._part, self.path)
            self._file = None
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Leaves nothing behind. Harmless after :meth:`finish`."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # what is still in memory may not fit on the disk
                file.close()
            with contextlib.suppress(OSError):
                self._part.unlink()

    def _frame(self, plain: bytes, last: bool) -> None:
        sealed = PROVIDER.seal(self._key, _nonce(self._frames, last), plain)
        self._frames += 1
        self._digest.update(hashlib.sha256(sealed).digest())
        self._size += len(sealed)
        if self._size > MOST_BYTES:
            raise _too_large()
        self._put(sealed)

    def _put(self, data: bytes) -> None:
        assert self._file is not None, "the file is finished or abandoned"
        with _writing():
            self._file.write(data)


class SealedReader:
    """The plain text of a sealed file, by place, after its signature was found good.

    EnvironmentFault: missing_bundle, not_a_bundle, newer_bundle, bundle_too_large, damaged_bundle, foreign_bundle,
    forged_bundle, other_recipient; and bundle_changed when what was checked is there no more.
    """

    def __init__(self, path: Path, enrolment: Enrolment) -> None:
        with translating():
            if not path.is_file():
                raise EnvironmentFault("missing_bundle", f"找不到交换包 {path}。")
            self._file = path.open("rb")
            try:
                self._check(enrolment)
            except BaseException:
                self._file.close()
                raise

    def _check(self, enrolment: Enrolment) -> None:
        size = os.fstat(self._file.fileno()).st_size
        self.head, opening = _head(self._file)
        self._start = len(opening)
        certificate = self.head.certificate
        if certificate.centre != enrolment.centre_id:
            raise EnvironmentFault("foreign_bundle", "不是本中心的交换包，没有导入其中任何内容。")
        if not certificate.verify(enrolment.centre_public):
            raise _forged()
        if size > MOST_BYTES:
            raise _too_large()
        body = size - self._start - _TRAILER
        self._count, rest = divmod(body, FRAME + TAG_BYTES)
        if rest:
            self._count += 1
        if body <= 0 or 0 < rest <= TAG_BYTES:
            raise damaged()
        self.size = body - TAG_BYTES * self._count
        self._digests: list[bytes] = []
        self._check_signature(opening, body)
        self._key = _key(self._secret(enrolment), self.head.salt, opening)
        self._last: tuple[int, bytes] = (-1, b"")

    def _check_signature(self, opening: bytes, body: int) -> None:
        whole = hashlib.sha256(hashlib.sha256(opening).digest())
        for number in range(self._count):
            frame = self._file.read(min(FRAME + TAG_BYTES, body - number * (FRAME + TAG_BYTES)))
            self._digests.append(hashlib.sha256(frame).digest())
            whole.update(self._digests[-1])
        trailer = self._file.read(_TRAILER)
        if len(trailer) != _TRAILER or trailer[:_DIGEST_BYTES] != whole.digest():
            raise damaged()
        signed = _SIGN_PURPOSE + trailer[:_DIGEST_BYTES]
        if not PROVIDER.verify(self.head.certificate.sign_public, signed, trailer[_DIGEST_BYTES:]):
            raise _forged()

    def _secret(self, enrolment: Enrolment) -> bytes:
        to = self.head.recipient
        if to is None:
            return enrolment.bundle_key
        if to.receive_public == enrolment.certificate.receive_public:
            try:
                return PROVIDER.agreed(enrolment.receive_private, self.head.token)
            except Unopened as error:
                raise damaged() from error
        if to.name == enrolment.station_name:
            raise EnvironmentFault(
                "other_recipient", f"这个交换包是给 {to.name} 以前的登记制作的，请对方按新的登记重新制作。"
            )
        raise EnvironmentFault("other_recipient", f"这个交换包是给 {to.name} 的，本站点无法打开，请转交 {to.name}。")

    def read(self, start: int, length: int) -> bytes:
        """``length`` bytes of plain text from ``start`` on; both must lie inside."""
        if length < 0 or start + length > self.size:
            raise damaged()
        parts = []
        while length > 0:
            number, inside = divmod(start, FRAME)
            part = self._frame(number)[inside : inside + length]
            parts.append(part)
            start += len(part)
            length -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        self._file.close()

    def _frame(self, number: int) -> bytes:
        if self._last[0] != number:
            last = number == self._count - 1
            length = self.size - number * FRAME if last else FRAME
            with translating():
                self._file.seek(self._start + number * (FRAME + TAG_BYTES))
                sealed = self._file.read(length + TAG_BYTES)
            if hashlib.sha256(sealed).digest() != self._digests[number]:
                raise EnvironmentFault(
                    "bundle_changed", "交换包在读取过程中被改动或取走，已经收下的内容有效，请重新导入一次。"
                )
            try:
                self._last = (number, PROVIDER.open(self._key, _nonce(number, last), sealed))
            except Unopened as error:
                raise damaged() from error
        return self._last[1]


def _head(file: IO[bytes]) -> tuple[Head, bytes]:
    """The head and its bytes. Nothing in it is believed yet."""
    opening = file.read(_OPENING.size)
    if opening[: len(MAGIC)] != MAGIC:
        raise EnvironmentFault("not_a_bundle", "这个文件不是交换包，请选择其他站点导出的 .ksb 文件。")
    try:
        _, format_, length = _OPENING.unpack(opening)
        if format_ > FORMAT:
            raise _newer()
        if format_ != FORMAT or length > _MOST_HEAD:
            raise damaged()
        text = file.read(length)
        facts = orjson.loads(text)
        if facts["suite"] != PROVIDER.suite:
            raise _newer()
        to = None if facts["for"] == _EVERYONE else facts["for"]
        head = Head(
            certificate=certificate_of(facts["certificate"]),
            recipient=None if to is None else Recipient(name_of(to["name"]), bytes_of(to["receive_public"], KEY_BYTES)),
            made_at=moment(facts["made_at"]),
            salt=bytes_of(facts["salt"], _SALT_BYTES),
            token=bytes_of(facts["token"], KEY_BYTES) if to is not None else b"",
        )
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise damaged() from error
    return head, opening + text


def _key(secret: bytes, salt: bytes, opening: bytes) -> bytes:
    """Bound to every byte before the frames."""
    return PROVIDER.derive(secret, salt, _KEY_PURPOSE + hashlib.sha256(opening).digest())


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([last])


def _refuse_to_overwrite(path: Path, own: Certificate) -> None:
    folder = path.absolute().parent
    if (folder / STORE_NAME).exists() or (folder / KEYRING_NAME).exists():
        raise EnvironmentFault("unfit_target", f"交换包不能写进数据目录 {folder} 本身，请另选位置。")
    if path.is_dir():
        raise EnvironmentFault("unfit_target", f"{path} 是一个目录，请写明交换包的文件名。")
    if path.exists():
        writer = _writer_of(path)
        if writer is None:
            raise EnvironmentFault("unfit_target", f"{path} 已经存在，而且不是交换包，不会被覆盖；请换一个文件名。")
        if writer.sign_public != own.sign_public:
            raise EnvironmentFault(
                "unfit_target",
                f"{path} 已经存在，是 {writer.station_name} 制作的交换包，不会被覆盖；请换一个文件名。",
            )


def _writer_of(path: Path) -> Certificate | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        try:
            return _head(file)[0].certificate
        except EnvironmentFault:
            return None


def _clear_abandoned(folder: Path) -> None:
    """What a program that was killed left behind; a day later none can still be at work."""
    for left in folder.glob(_WORK + "[0-9a-f]" * 16):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink()


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    with translating():
        try:
            yield
        except OSError as error:
            if error.errno == errno.EFBIG:
                raise _too_large() from error
            raise


def _too_large() -> EnvironmentFault:
    return EnvironmentFault(
        "bundle_too_large",
        "交换包太大，超过 16 GB 或磁盘允许的单个文件大小（FAT32 格式的 U 盘为 4 GB），请换一块磁盘或分几次导出。",
    )


def _forged() -> EnvironmentFault:
    return EnvironmentFault(
        "forged_bundle", "交换包的签名或站点证书无效，不能确认来自本中心的站点，没有导入其中任何内容。"
    )


def _newer() -> EnvironmentFault:
    return EnvironmentFault("newer_bundle", "交换包由更新版本的程序制作，请升级程序后再导入。")
