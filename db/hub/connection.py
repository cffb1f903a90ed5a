"""The way to a PostgreSQL: how it is opened, how its certificate is looked at, and what its errors mean."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import socket
import ssl
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from db.faults import EnvironmentFault, translating
from db.files import write_durably

if TYPE_CHECKING:
    from psycopg import Connection

CA_NAME: Final = "hub-ca.pem"
_SECONDS: Final = 5  # to reach a server
_SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)  # PostgreSQL protocol, message SSLRequest
ALWAYS: Final[Mapping[str, Any]] = {
    "connect_timeout": _SECONDS,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # ms
    "gssencmode": "disable",
    "client_encoding": "UTF8",
    "application_name": "kuaishen",
}


def is_local(host: str) -> bool:
    """A socket file, or an address that never leaves this machine."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def open_station(hub: Mapping[str, Any], login: str, password: str, folder: Path) -> Connection[Any]:
    """A station's own connection, by the facts of its enrolment and nothing else. The certificate that the server's
    must come from is kept in ``folder``, because the driver reads it from a file. EnvironmentFault."""
    host, port = str(hub["host"]), int(hub["port"])
    facts: dict[str, Any] = {
        **ALWAYS,
        "host": host,
        "hostaddr": "",
        "port": port,
        "dbname": hub["dbname"],
        "user": login,
        "password": password,
        "require_auth": "scram-sha-256",
        "channel_binding": "prefer",
        "sslcertmode": "disable",
        "target_session_attrs": "any",
        "options": "",
    }
    if hub["tls"] == "local":
        if not is_local(host):
            raise fault("hub_tls_missing")
        facts["sslmode"] = "prefer"
        facts["sslrootcert"] = ""
    else:
        facts |= strict(str(hub["ca"]), folder / CA_NAME)
    return connect(facts)


def strict(ca: str, file: Path) -> dict[str, Any]:
    """The settings under which only the named host with a certificate of ``ca`` (PEM) is spoken to."""
    with translating():
        if not file.exists() or file.read_text("ascii", errors="replace") != ca:
            write_durably(file, ca.encode())
    return {"sslmode": "verify-full", "sslrootcert": str(file)}


def connect(facts: Mapping[str, Any]) -> Connection[Any]:
    """An open connection in autocommit mode. EnvironmentFault."""
    import psycopg

    try:
        return psycopg.connect(**facts, autocommit=True)
    except psycopg.ProgrammingError as error:  # the address itself makes no sense
        raise fault("bad_hub_address") from error
    except psycopg.OperationalError as error:
        raise fault(_why_closed(str(error), facts)) from error


@contextlib.contextmanager
def speaking() -> Iterator[None]:
    """Turns the errors of a conversation into faults; what is our own bug passes unchanged."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        code = _code_of(error)
        if code is None:
            raise
        raise fault(code) from error


_SENTENCES: Final = {
    "hub_away": "连不上中心服务器，本机可以照常办理，网络恢复后再同步。",
    "hub_refused": "中心服务器拒绝了登录：登记可能已被撤销，或口令不符，请联系中心管理员。",
    "hub_denied": "中心服务器不允许这个用户做这一步，请联系中心管理员检查权限。",
    "hub_auth": "中心服务器没有按要求核验口令（SCRAM-SHA-256），没有继续，请中心管理员检查服务器的登录设置。",
    "hub_busy": "中心服务器正忙或连接已满，请稍后再同步；已经送达的内容不受影响。",
    "hub_full": "中心服务器的磁盘或内存不足，本次没有送达，请联系中心管理员。",
    "hub_read_only": "中心服务器只读，可能是备用机，请联系中心管理员。",
    "hub_version": "中心服务器的数据库没有建好或版本不符，请中心管理员运行 kuaishen hub init 或 hub upgrade。",
    "hub_tls_missing": "中心服务器没有加密连接（TLS），没有继续；请中心管理员为服务器启用 TLS。",
    "hub_tls_ca": "中心服务器的证书不是登记时认可的签发者所发，没有继续；请联系中心管理员，切勿在未查明前使用。",
    "hub_tls_host": "中心服务器的证书与登记的主机名不符，没有继续；请联系中心管理员核对服务器地址。",
    "hub_tls_expired": "中心服务器的证书已过期或尚未生效，没有继续；请中心管理员更换证书，并核对本机日期。",
    "hub_tls": "与中心服务器的加密连接没有建立，没有继续；请中心管理员检查服务器的证书设置。",
    "hub_strange": "这个地址上的不是中心服务器（PostgreSQL），请联系中心管理员核对地址和端口。",
    "bad_hub_address": "中心服务器的地址无法识别，应写成 postgresql://用户@主机:端口/数据库。",
}


def fault(code: str) -> EnvironmentFault:
    """The fault with this code and its sentence."""
    return EnvironmentFault(code, _SENTENCES[code])


# The driver's own words while it connects (libpq, never translated in its wheels), and PostgreSQL's for the same.
_CLOSED: Final = (
    ("hub_strange", re.compile(r"invalid response to SSL negotiation|expected authentication request")),
    ("hub_tls_missing", re.compile(r"server does not support SSL")),
    ("hub_tls_host", re.compile(r"does not match host name|host name must be specified|get server's host name")),
    ("hub_tls_ca", re.compile(r"certificate verify failed")),
    ("hub_tls", re.compile(r"SSL|root certificate|channel binding", re.IGNORECASE)),
    ("hub_auth", re.compile(r"authentication method requirement")),
    ("hub_busy", re.compile(r"too many|remaining connection slots|starting up|shutting down|recovery|过多|太多|启动")),
    ("hub_version", re.compile(r'database "[^"]*" does not exist|数据库.*不存在')),
    ("hub_refused", re.compile(r"FATAL|致命|password|authentication|pg_hba|口令|密码")),
)


def _why_closed(words: str, facts: Mapping[str, Any]) -> str:
    code = next((code for code, pattern in _CLOSED if pattern.search(words)), "hub_away")
    if code == "hub_tls_ca" and _out_of_date(str(facts.get("host", "")), int(facts.get("port") or 5432)):
        return "hub_tls_expired"
    return code


_STATES: Final = (
    ("57014", "hub_busy"),  # statement timeout
    ("55P03", "hub_busy"),
    ("40", "hub_busy"),
    ("533", "hub_busy"),
    ("25P03", "hub_busy"),
    ("53", "hub_full"),
    ("58", "hub_full"),
    ("28", "hub_refused"),
    ("42501", "hub_denied"),
    ("42883", "hub_version"),
    ("42P01", "hub_version"),
    ("42703", "hub_version"),
    ("3F000", "hub_version"),
    ("25006", "hub_read_only"),
    ("57P", "hub_away"),
    ("08", "hub_away"),
)


def _code_of(error: Any) -> str | None:
    import psycopg

    state = error.sqlstate
    if state is None:
        return "hub_away" if isinstance(error, psycopg.OperationalError) else None
    return next((code for beginning, code in _STATES if state.startswith(beginning)), None)


def presented(host: str, port: int) -> str | None:
    """The certificate (PEM) that a server shows, believed or not; None when it offers no TLS. OSError."""
    with socket.create_connection((host, port), _SECONDS) as plain:
        plain.sendall(_SSL_REQUEST)
        if plain.recv(1) != b"S":
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # it is looked at, nothing is told to it
        with context.wrap_socket(plain, server_hostname=host) as secure:
            shown = secure.getpeercert(binary_form=True)
    return None if shown is None else ssl.DER_cert_to_PEM_cert(shown)


def _out_of_date(host: str, port: int) -> bool:
    from cryptography.x509 import load_pem_x509_certificate

    try:
        shown = presented(host, port)
    except OSError:
        return False
    if shown is None:
        return False
    certificate = load_pem_x509_certificate(shown.encode())
    return not certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc


def is_self_signed(pem: str) -> bool:
    from cryptography.x509 import load_pem_x509_certificate

    certificate = load_pem_x509_certificate(pem.encode())
    return certificate.issuer == certificate.subject


def authority(ca_file: str | None, url_ca: str | None, host: str, port: int) -> str:
    """The certificate (PEM) that stations will hold the server's against: the one that was named, else the one of the
    address, else what the server shows if it vouches for itself. EnvironmentFault."""
    named = ca_file or (url_ca if url_ca not in (None, "", "system") else None)
    if named:
        return _read_ca(Path(named))
    try:
        shown = presented(host, port)
    except OSError as error:
        raise fault("hub_away") from error
    if shown is None:
        raise fault("hub_tls_missing")
    if not is_self_signed(shown):
        raise EnvironmentFault("hub_tls_ca_unknown", "服务器的证书由别处签发，请用 --ca 指明签发者的证书文件（PEM）。")
    return shown


def _read_ca(file: Path) -> str:
    from cryptography.x509 import load_pem_x509_certificates

    with translating():
        content = file.read_bytes()
    try:
        load_pem_x509_certificates(content)
        return content.decode("ascii")
    except ValueError as error:
        raise EnvironmentFault("bad_ca", f"{os.fspath(file)} 不是证书文件，应为 PEM 格式。") from error
