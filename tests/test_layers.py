"""Who may import whom. Each contract is tried on made-up code that breaks it, so that it is known to bite."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A layer may import itself and these: ui, cli -> app, exchange, reports -> core, and app -> db.
LAYERS: dict[str, set[str]] = {
    "desktop.core": set(),
    "desktop.exchange": {"desktop.core"},
    "desktop.reports": {"desktop.core"},
    "desktop.app": {"desktop.core", "db"},
    "desktop.cli": {"desktop.core", "desktop.app", "desktop.exchange", "desktop.reports", "desktop.ui"},
    "desktop.ui": {"desktop.core", "desktop.app", "desktop.exchange", "desktop.reports"},
    # Measures every layer against the bare libraries, so it may touch them all; nothing but the terminal knows it.
    "desktop.bench": {"desktop.core", "desktop.app", "desktop.exchange", "desktop.reports", "desktop.ui", "db"},
    "db": set(),
}

# Single exceptions (importing module, imported module), each with its reason. One that nothing needs fails.
EXCEPTIONS: dict[tuple[str, str], str] = {}

# Libraries that belong to one layer.
OWNERS: dict[str, set[str]] = {
    "PySide6": {"desktop.ui"},
    "shiboken6": {"desktop.ui"},
    "sqlalchemy": {"db"},
    "sqlcipher3": {"db", "desktop.bench"},  # the bare libraries are what the figures are measured against
    "sqlite3": {"db"},
    "alembic": {"db"},
    "openpyxl": {"desktop.exchange", "desktop.bench"},
    "python_calamine": {"desktop.exchange"},
    "reportlab": {"desktop.reports", "desktop.bench"},
    "asn1crypto": {"desktop.exchange"},
    "pypdf": {"desktop.reports"},
}

# core is pure: of others' code only python-stdnum, of the standard library nothing that reaches outside.
CORE_LIBRARIES = {"stdnum"}
# fmt: off
OUTSIDE_WORLD = {
    "os", "io", "pathlib", "shutil", "tempfile", "glob", "fileinput", "socket", "ssl", "http", "urllib",
    "ftplib", "smtplib", "subprocess", "multiprocessing", "threading", "asyncio", "concurrent",
    "signal", "logging", "time", "random", "secrets", "sqlite3", "dbm", "pickle", "shelve", "ctypes",
    "importlib", "getpass", "locale", "platform", "sys",
}
# fmt: on
OUTSIDE_CALLS = {"open", "print", "input", "eval", "exec", "breakpoint", "__import__"}
CLOCK_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid7"}

SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s+\w"
    r"|(CREATE|DROP|ALTER)\s+(TABLE|INDEX|TRIGGER|VIEW)\s)",
    re.DOTALL,
)


def layer_of(module: str) -> str | None:
    """The layer a module lies in; the bare package ``desktop`` and everything foreign lie in none."""
    return next((layer for layer in LAYERS if module == layer or module.startswith(layer + ".")), None)


def imports(module: str, tree: ast.AST, is_package: bool) -> Iterator[str]:
    """Full names of all imports, those inside functions and type-checking blocks included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                depth = node.level - is_package
                parents = module.split(".")[: len(module.split(".")) - depth]
                base = ".".join([*parents, base] if base else parents)
            # "from desktop import core" names the layer only in its second half.
            yield from (f"{base}.{alias.name}" for alias in node.names) if base == "desktop" else [base]


def faults(module: str, source: str, is_package: bool = False) -> list[str]:
    """Every breach of a contract in one module's source, in words."""
    tree, layer, found = ast.parse(source), layer_of(module), []
    for target in imports(module, tree, is_package):
        there, top = layer_of(target), target.partition(".")[0]
        if there is not None and there != layer and there not in LAYERS.get(layer or "", set()):
            if (module, target) not in EXCEPTIONS:
                found.append(f"imports {target}")
        elif top in OWNERS and layer not in OWNERS[top]:
            found.append(f"imports {top}, which belongs to {', '.join(sorted(OWNERS[top]))}")
        elif layer == "desktop.core" and top != "desktop" and not is_pure(top):
            found.append(f"imports {top}, which is not pure")
    if layer == "desktop.core":
        found += impure_calls(tree)
    if layer not in ("db", "desktop.bench"):
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found += [f"holds SQL: {text[:40]!r}" for text in texts if isinstance(text, str) and SQL.match(text)]
    return found


def is_pure(top: str) -> bool:
    return top in CORE_LIBRARIES or (top in sys.stdlib_module_names and top not in OUTSIDE_WORLD)


def impure_calls(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) if name in OUTSIDE_CALLS:
                    found.append(f"calls {name}")
                case ast.Attribute(attr=name) if name in CLOCK_CALLS:
                    found.append(f"asks the clock or chance: {name}")
    return found


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in sorted(p for top in ("desktop", "db") for p in (ROOT / top).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


MODULES = modules()


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[module for module, _ in MODULES])
def test_module_keeps_the_contracts(module: str, path: Path) -> None:
    assert faults(module, path.read_text("utf-8"), path.name == "__init__.py") == []


def test_every_module_lies_in_a_layer() -> None:
    assert {module for module, _ in MODULES if layer_of(module) is None} <= {"desktop", "desktop.__main__"}


def test_every_exception_is_needed() -> None:
    used = {
        (module, target)
        for module, path in MODULES
        for target in imports(module, ast.parse(path.read_text("utf-8")), path.name == "__init__.py")
    }
    assert set(EXCEPTIONS) <= used


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("desktop.core.rules", "import desktop.app.desk"),
        ("desktop.core.rules", "from desktop import ui"),
        ("desktop.core.rules", "from ..app import desk"),
        ("desktop.core.rules", "def f():\n    from desktop.exchange.sheets import read"),
        ("desktop.core.rules", "import requests"),
        ("desktop.core.rules", "from pathlib import Path"),
        ("desktop.core.rules", "from datetime import date\nTODAY = date.today()"),
        ("desktop.core.rules", "TEXT = open('x').read()"),
        ("desktop.exchange.sheets", "from desktop.app import intake"),
        ("desktop.exchange.sheets", "import db.journal"),
        ("desktop.reports.paper", "from desktop.exchange import sheets"),
        ("desktop.app.desk", "from desktop.ui.window import Window"),
        ("desktop.app.desk", "import openpyxl"),
        ("desktop.app.desk", "import sqlalchemy as sa"),
        ("desktop.app.desk", "QUERY = 'SELECT number FROM cases'"),
        ("desktop.cli.main", "from PySide6.QtWidgets import QApplication"),
        ("desktop.cli.main", "import sqlite3"),
        ("desktop.ui.window", "from db import journal"),
        ("desktop.ui.window", "import desktop.cli.main"),
        ("desktop", "from .core import terms"),
        ("db.journal", "from desktop.core.refusal import Refusal"),
        ("db.journal", "from PySide6 import QtCore"),
    ],
)
def test_a_breach_is_caught(module: str, source: str) -> None:
    assert len(faults(module, source, is_package=module == "desktop")) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("desktop.core.rules", "import re, tomllib\nfrom stdnum.cn import uscc\nfrom .terms import Role"),
        ("desktop.core.rules", "from desktop import core"),
        ("desktop.app.desk", "from desktop.core import terms\nfrom db.journal import Journal"),
        ("desktop.cli.main", "def f():\n    from desktop.ui.window import open_window"),
        ("desktop.ui.window", "from PySide6.QtWidgets import QWidget\nTEXT = 'Select a case from the queue'"),
        ("db.journal", "import sqlalchemy\nQUERY = 'SELECT 1 FROM journal'"),
    ],
)
def test_an_allowed_import_passes(module: str, source: str) -> None:
    assert faults(module, source) == []
