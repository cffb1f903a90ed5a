"""From a fresh checkout to a running desk, or to passed tests, with nothing but Python 3.11.

    python3 installer/start.py                  prepare, then ``kuaishen demo``
    python3 installer/start.py test [...]       prepare, then ruff, mypy and pytest (arguments go to pytest)
    python3 installer/start.py COMMAND [...]    prepare, then ``kuaishen COMMAND ...``

Preparing makes ``.venv`` in the checkout from ``requirements.txt`` (exact versions, checked hashes) and is
skipped while nothing it depends on has changed. On Debian and its relatives missing system packages are
installed when the user may do that, and otherwise named. Exit status: that of the command, or 3 when the
machine cannot be prepared.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
ENVIRONMENT_FAULT = 3

# What the toolkit's wheels expect from the system: name to load, Debian package that holds it.
TOOLKIT_LIBRARIES = (
    ("libEGL.so.1", "libegl1"),
    ("libGL.so.1", "libgl1"),
    ("libX11.so.6", "libx11-6"),
    ("libbrotlidec.so.1", "libbrotli1"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libfreetype.so.6", "libfreetype6"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
)
# Asked for only where there is a screen to open a window on.
WINDOW_LIBRARIES = (
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libwayland-client.so.0", "libwayland-client0"),
    ("libwayland-cursor.so.0", "libwayland-cursor0"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-render.so.0", "libxcb-render0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-shm.so.0", "libxcb-shm0"),
    ("libxcb-sync.so.1", "libxcb-sync1"),
    ("libxcb-util.so.1", "libxcb-util1"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)

Run = Callable[..., int]


class NotReadyError(Exception):
    """The machine cannot be prepared; the text says what to do, in Chinese and English."""


def say(chinese: str, english: str) -> None:
    print(f"{chinese}\n{english}", file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None, **options: Any) -> int:
    """Exit status of a command; it inherits the terminal, but no module path of another Python."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH", "PIP_USER")}
    return subprocess.call([str(part) for part in command], env={**clean, **(env or {})}, **options)


# --- the system ---------------------------------------------------------------------------------------------


def loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_screen() -> bool:
    return not sys.platform.startswith("linux") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def missing_from_system(
    window: bool,
    can_load: Callable[[str], bool] = loads,
    has_module: Callable[[str], bool] = lambda name: importlib.util.find_spec(name) is not None,
) -> list[tuple[str, str]]:
    """What is missing as (thing, Debian package). Only Linux takes such things from the system."""
    if not sys.platform.startswith("linux"):
        return []
    missing = []
    if not (has_module("ensurepip") and has_module("venv")):
        missing.append(("ensurepip", f"python{sys.version_info.major}.{sys.version_info.minor}-venv"))
    wanted = TOOLKIT_LIBRARIES + (WINDOW_LIBRARIES if window else ())
    return missing + [(name, package) for name, package in wanted if not can_load(name)]


def mend_system(missing: Sequence[tuple[str, str]], run: Run = run) -> None:
    """Install what is missing, or raise :class:`NotReadyError` with the one line that would."""
    if not missing:
        return
    if shutil.which("apt-get") is None:
        things = " ".join(thing for thing, _ in missing)
        raise NotReadyError(
            f"系统缺少：{things}。请用本系统的软件包管理器安装后重试。\n"
            f"Missing: {things}. Install them with this system's package manager and try again."
        )
    packages = [package for _, package in missing]
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    line = f"sudo sh -c {shlex.quote('apt-get update && ' + shlex.join(install))}"
    how = NotReadyError(
        f"系统缺少 {len(packages)} 个软件包。请有管理权限的人运行下面一行，然后重试：\n"
        f"{len(packages)} system packages are missing. "
        "Have an administrator run this line, then try again:\n\n"
        f"    {line}\n"
    )
    if os.geteuid() == 0:
        as_root: list[str] = []
    elif shutil.which("sudo") and run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) == 0:
        as_root = ["sudo", "-n"]
    else:
        raise how
    say(f"正在安装系统软件包：{' '.join(packages)}", f"Installing system packages: {' '.join(packages)}")
    # sudo passes on no environment, hence env(1); a stale package list may still do, so only install decides.
    calm = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive"]
    run([*calm, "apt-get", "update", "-qq"], stdout=sys.stderr)
    if run([*calm, *install, "-qq"], stdout=sys.stderr) != 0:
        raise how


# --- the Python environment ---------------------------------------------------------------------------------


class Environment:
    """The ``.venv`` of one checkout. Usable only when its stamp, written last, names the present state."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.stamp = self.folder / "ready"
        self.programs = self.folder / ("Scripts" if os.name == "nt" else "bin")

    def program(self, name: str) -> Path:
        return self.programs / (f"{name}.exe" if os.name == "nt" else name)

    def state(self) -> str:
        """A digest of all it depends on: pinned packages, project metadata, Python, place of the checkout."""
        digest = hashlib.sha256()
        for name in ("requirements.txt", "pyproject.toml"):
            digest.update((self.root / name).read_bytes())
        digest.update(f"{sys.implementation.cache_tag}|{sys.base_prefix}|{self.root}".encode())
        return digest.hexdigest()

    def is_ready(self) -> bool:
        return self.stamp.is_file() and self.stamp.read_text("ascii").strip() == self.state()

    def prepare(self, run: Run = run) -> None:
        if self.is_ready():
            return
        if Path(sys.prefix) == self.folder:
            raise NotReadyError(
                "请用系统的 Python（而不是 .venv 里的）运行本脚本。\n"
                "Run this script with the system's Python, not with the one inside .venv."
            )
        say(
            "正在准备运行环境 .venv（下载约 180 MB，只需一次）……",
            "Preparing .venv (about 180 MB to download, once) ...",
        )
        pip = [self.program("python"), "-m", "pip", "--disable-pip-version-check", "install"]
        if not sys.stderr.isatty():
            pip.append("--quiet")
        pinned = ["--require-hashes", "--only-binary=:all:", "-r", self.root / "requirements.txt"]
        itself = ["--no-index", "--no-deps", "--no-build-isolation", "--editable", self.root]
        steps = ([sys.executable, "-m", "venv", "--clear", self.folder], [*pip, *pinned], [*pip, *itself])
        # An interrupted preparation must not pass for a finished one, whatever it left behind.
        self.stamp.unlink(missing_ok=True)
        for step in steps:
            if run(step, stdout=sys.stderr) != 0:
                raise NotReadyError(
                    "运行环境没有准备好（原因见上）。请检查网络或软件源设置与磁盘空间，然后重试。\n"
                    "The environment could not be prepared (see above). Check the network or package mirror "
                    "and the free disk space, then try again."
                )
        self.stamp.write_text(self.state(), "ascii")


# --- the two jobs -------------------------------------------------------------------------------------------


def run_tests(environment: Environment, arguments: Sequence[str], run: Run = run) -> int:
    """Lint, types, tests: all three always run; the first one that fails gives the exit status."""
    python = environment.program("python")
    checks = (
        [python, "-m", "ruff", "check", "."],
        [python, "-m", "mypy"],
        [python, "-m", "pytest", "-q", *arguments],
    )
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    results = [run(check, cwd=environment.root, env=offscreen) for check in checks]
    return next((result for result in results if result != 0), 0)


def main(arguments: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console of another code page must not end the work
            stream.reconfigure(errors="replace")
    tests = arguments[:1] == ["test"]
    environment = Environment()
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise NotReadyError("需要 Python 3.11 或更新的版本。\nPython 3.11 or newer is needed.")
        mend_system(missing_from_system(window=has_screen() and not tests))
        environment.prepare()
    except (NotReadyError, OSError) as problem:
        print(problem, file=sys.stderr)
        return ENVIRONMENT_FAULT
    if tests:
        return run_tests(environment, arguments[1:])
    return run([environment.program("kuaishen"), *(arguments or ["demo"])])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
