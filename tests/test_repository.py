"""What the repository as a whole promises: layout, pinned packages, licences, no word that is not its own."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

TOP_LEVEL = {
    "pyproject.toml", "requirements.txt", "README.md", "LICENSE", "CHANGELOG.md",
    "desktop", "db", "resources", "tests", "installer",
    ".ci", ".gitignore", ".gitattributes", ".editorconfig",
}  # fmt: skip


def pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in alternatives), re.IGNORECASE)


# Broken up with (?:) where this file would otherwise be a hit itself.
FOREIGN = {
    "a machine's path": pattern(
        r"(?<![\w.<{}/-])/(?:work|opt|root|srv)/\w", r"/home/(?!\{)\w+/", r"/Users/\w+/",
        r"\b[A-Z]:\\+Users\\+\w",
    ),
    "a package registry": pattern(
        r"\bpy(?:)pi\.org", r"pythonhosted\.(?:)org", r"registry\.npm(?:)js", r"deb\.debian\.(?:)org",
        r"extra-index-(?:)url", r"--index-(?:)url", r"files?://(?:)/\w+/",
    ),
    "a tool of the trade": pattern(
        r"\b(?:this|earlier|next|previous) ses(?:)sion\b", r"\bis(?:)sues? ?#?\d+\b",
        r"\bass(?:)istants?\b", r"\bco-authored-(?:)by\b",
    ),
    "an unfinished place": pattern(r"\bTO(?:)DO\b", r"\bFIX(?:)ME\b", r"\bXX(?:)X\b"),
    "a secret": pattern(
        r"-----BEGIN (?:[A-Z]+ )?PRIVATE(?:) KEY", r"\bAKIA[0-9A-Z]{16}\b", r"\bgh[pousr]_\w{36}\b",
        r"\bglpat-[\w-]{20}", r"\bxox[abp]-\w{10}",
    ),
}  # fmt: skip


# Modules that turn stored bytes back into running things.
REVIVING = {"pickle", "marshal", "shelve", "dill"}


def ignored() -> list[str]:
    return [line for line in (ROOT / ".gitignore").read_text("utf-8").split() if not line.startswith("#")]


def own_files(folder: Path = ROOT, patterns: list[str] | None = None) -> Iterator[Path]:
    """The project's files: all but what .gitignore names, so that no version control program is needed."""
    patterns = [".git", *ignored()] if patterns is None else patterns
    for path in sorted(folder.iterdir()):
        if any(fnmatch(path.name, name) for name in patterns):
            continue
        if path.is_dir():
            yield from own_files(path, patterns)
        else:
            yield path


FILES = list(own_files())


def text_of(path: Path) -> str | None:
    """None for a binary file."""
    data = path.read_bytes()
    return None if b"\0" in data else data.decode("utf-8")


def foreign_words(text: str) -> list[str]:
    lines = enumerate(text.splitlines(), 1)
    return [
        f"line {n}: {what}: {hit.group()!r}"
        for n, line in lines
        for what, words in FOREIGN.items()
        if (hit := words.search(line))
    ]


def risky_code(source: str) -> list[str]:
    """Ways to run what a file or a stranger says."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [alias.name for alias in names if alias.name in REVIVING]
            case ast.ImportFrom(module=str(module)) if module in REVIVING:
                found.append(module)
            case ast.Call(func=ast.Name(id="eval" | "exec" as name)):
                found.append(name)
            case ast.Attribute(value=ast.Name(id="yaml"), attr="load" | "load_all" as name):
                found.append(f"yaml.{name}")
            case ast.Attribute(value=ast.Name(id="os"), attr="system" | "popen" as name):
                found.append(f"os.{name}")
            case ast.keyword(arg="shell", value=ast.Constant(value=True)):
                found.append("shell=True")
    return found


def loose_requirements(text: str) -> list[str]:
    """Requirements that are not an exact version with at least one SHA-256."""
    blocks = [block for block in text.replace("\\\n", " ").splitlines() if block.strip()]
    exact = re.compile(r"[\w.-]+(\[[\w,]+\])?==[\w.+!]+( ; [^-]+)?(\s+--hash=sha256:[0-9a-f]{64})+\s*$")
    return [block for block in blocks if not block.startswith("#") and not exact.match(block)]


def code_lines(markdown: str) -> set[str]:
    blocks = re.findall(r"^```\w*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    return {line.strip() for block in blocks for line in block.splitlines() if line.strip()}


def test_top_level_holds_only_what_was_agreed() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} <= TOP_LEVEL
    assert {name for name in TOP_LEVEL if not (ROOT / name).exists()} == set()


def test_text_speaks_of_the_product_alone() -> None:
    found = {path.relative_to(ROOT).as_posix(): foreign_words(text_of(path) or "") for path in FILES}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "line",
    [
        "cp /wo" "rk/main/x .",
        "HOME = '/ro" "ot/data'",
        r"C:\User" r"s\lihua\kuaishen",
        "pip install --index-" "url x",
        "see is" "sue 12",
        "left for the next ses" "sion",
        "# TO" "DO later",
        "-----BEGIN PRIVATE" " KEY-----",
    ],
)  # fmt: skip
def test_a_foreign_word_is_caught(line: str) -> None:
    assert len(foreign_words(f"fine\n{line}\n")) == 1


def test_ordinary_words_are_no_hits() -> None:
    words = "framework/main, XDG_SESSION_TYPE, a database session, issue a notice, /usr/bin/env, 预审/work"
    assert foreign_words(words) == []


def test_code_runs_nothing_it_was_handed() -> None:
    code = [path for path in FILES if path.suffix == ".py"]
    found = {path.relative_to(ROOT).as_posix(): risky_code(path.read_text("utf-8")) for path in code}
    assert {name: risks for name, risks in found.items() if risks} == {}
    assert len(code) > 10


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from marshal import loads",
        "eval(x)",
        "yaml.load(x)",
        "run(x, shell=True)",
        "os.system(x)",
    ],
)
def test_risky_code_is_caught(source: str) -> None:
    assert len(risky_code(source)) == 1


def test_requirements_are_exact_and_hashed() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert text.count("--hash=") > 100
    assert loose_requirements(text) == []
    assert "://" not in text


@pytest.mark.parametrize(
    "text",
    ["a>=1 \\\n --hash=sha256:" + "0" * 64, "a==1", "a==1 \\\n --hash=md5:00", "-r b.txt"],
)
def test_a_loose_requirement_is_caught(text: str) -> None:
    assert len(loose_requirements(text)) == 1


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    assert {re.split(r"[<>=!~\[; ]", name)[0].lower() for name in declared} <= pinned


def test_every_font_has_its_licence() -> None:
    fonts = [path for path in FILES if path.suffix.lower() in {".ttf", ".otf", ".ttc", ".woff", ".woff2"}]
    for font in fonts:
        licence = font.parent / "OFL.txt"
        assert licence.is_file(), f"{font.name} has no licence beside it"
        assert "SIL OPEN FONT LICENSE" in licence.read_text("utf-8")
    assert fonts


def test_ci_runs_the_command_that_the_readme_gives() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if line.strip()]
    assert lines[-1] == "python3 installer/start.py test"
    assert {"python3 installer/start.py", lines[-1]} <= code_lines((ROOT / "README.md").read_text("utf-8"))


def test_pictures_of_the_readme_exist() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert pictures
    assert [name for name in pictures if not (ROOT / name).is_file()] == []


def test_version_is_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
