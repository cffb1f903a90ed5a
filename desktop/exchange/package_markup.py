"""One XML document as a small tree of plain names: which encoding, what is refused, how text is taken out of it."""

from __future__ import annotations

import re
import unicodedata
import xml.sax
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import Any

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.expatreader import DefusedExpatParser  # type: ignore[import-untyped]

from desktop.core.package import PICTURES, picture_name
from desktop.exchange.package_guard import BrokenPart, Budget

TOO_LONG = "这个 XML 超过 {0} MB，没有读取；请从电子申请客户端重新导出。"
TOO_NESTED = "这个 XML 的层次或元素多得不正常，没有读取；请从电子申请客户端重新导出。"
DOCTYPE = "这个 XML 含有文档类型、实体或外部引用声明，正常的申请文件没有这种内容，没有读取。"
NOT_WELL_FORMED = "这个 XML 第 {0} 行附近有语法错误，没有读取；请从电子申请客户端重新导出。"
NO_CONTENT = "这个文件是空的，请从电子申请客户端重新导出。"
UNKNOWN_CHARSET = "这个 XML 声明了不认识的文字编码“{0}”，没有读取；请改存为 UTF-8。"
WRONG_CHARSET = "这个 XML 的文字编码有误（既不是声明的编码，也不是 UTF-8 或 GB18030），没有读取；请改存为 UTF-8。"

# Tags whose ends are ends of lines, and tags that never are. Any other tag beside text is taken for inline markup.
BLOCKS = frozenset("p para paragraph claimtext li ul ol dl dd dt div table row tr tablerow 段落 段 自然段 权项".split())
BREAKS = frozenset({"br", "换行", "crlf"})
CELLS = frozenset({"entry", "td", "th", "单元格"})
INLINE = frozenset(
    "b i u o s sub sup sub2 sup2 strong em span font a ref figref claimref crossref smallcaps pre bold italic underline"
    " 上标 下标 加粗 斜体 下划线 权利要求引用 附图引用 附图标记".split()
)
RAISED = frozenset({"sup", "sup2", "上标"})
LOWERED = frozenset({"sub", "sub2", "下标"})
IMAGES = frozenset("img image graphic 图像 图片 公式图片".split())
_FILES = ("file", "文件", "文件名", "文件名称", "图片文件", "src", "href", "filename", "path")
_RAISED = {"1": "¹", "2": "²", "3": "³"}  # those that every font has; H2O is understood without

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{0,40})["']""")
_GB = frozenset("gbk gb2312 gb18030 xgbk cp936 ms936 windows936 936 euccn gb231280 hzgb2312 zhcn".split())
_UTF8 = frozenset({"utf8", "utf", "unicode11utf8"})
_ASCII = frozenset("usascii ascii iso88591 latin1 windows1252 cp1252".split())
_OTHERS = {"big5": "big5", "big5hkscs": "big5hkscs", "utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be"}
_SURE = 24  # so many bytes beyond ASCII are valid UTF-8 by chance hardly ever
_FEED = 1 << 20
_SPACE = re.compile(r"\s+")
_UNEVEN = re.compile(r"[^\S ]|  ")
_SOFT = "\x00"  # the edge of an element that may or may not end a line; XML cannot hold this character
_OPEN, _CLOSE = "\x01", "\x02"  # around a subscript until its neighbours are known
_LOWERED = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_SENTENCE_ENDS = tuple("。；;：:！!？?")


class Node:
    """An element: ``tag`` and attribute names in plain form (:func:`plain`), ``content`` texts and elements in
    order."""

    __slots__ = ("attributes", "content", "tag")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.content: list[Node | str] = []

    @property
    def children(self) -> Iterator[Node]:
        return (one for one in self.content if isinstance(one, Node))

    @property
    def is_leaf(self) -> bool:
        return not any(isinstance(one, Node) and one.tag not in INLINE for one in self.content)

    @property
    def has_text(self) -> bool:
        """Whether it holds text of its own, beside that of its elements."""
        return any(isinstance(one, str) and not one.isspace() for one in self.content)

    def walk(self) -> Iterator[Node]:
        """This element and all beneath it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@lru_cache(4096)
def plain(name: str) -> str:
    """A tag or attribute name without namespace, case and separators: ``cn:Invention-Title`` is inventiontitle."""
    return re.sub(r"[-_.\s]", "", name.rpartition(":")[2]).casefold()


def parse(data: bytes, budget: Budget) -> Node:
    """The root. ``BrokenPart``: the document is refused or broken; the budget may refuse the package."""
    limits = budget.limits
    if len(data) > limits.xml_bytes:
        raise BrokenPart(TOO_LONG.format(limits.xml_bytes >> 20))
    if not data.strip(b" \t\r\n\x00"):
        raise BrokenPart(NO_CONTENT)
    text = decode(data).lstrip("\ufeff \t\r\n")
    builder = _Builder(budget)
    # Without name spaces: a prefix that nobody declared is no reason not to read.
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(builder)
    try:
        for start in range(0, len(text), _FEED):
            parser.feed(text[start : start + _FEED])
        parser.close()
    except DefusedXmlException:
        raise BrokenPart(DOCTYPE) from None
    except xml.sax.SAXParseException as fault:
        raise BrokenPart(NOT_WELL_FORMED.format(fault.getLineNumber() or 1)) from None
    except (xml.sax.SAXException, UnicodeEncodeError):  # a lone surrogate cannot be handed to the parser
        raise BrokenPart(NOT_WELL_FORMED.format(1)) from None
    if builder.root is None:
        raise BrokenPart(NO_CONTENT)
    return builder.root


def decode(data: bytes) -> str:
    """The text, by byte order mark, zeros and declaration, in this order. The parser knows no GBK, and declarations
    are often left over from another file, so that UTF-8 is tried against them."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return _first(data, ("utf-32",))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _first(data, ("utf-16",))
    if data.startswith(b"\xef\xbb\xbf"):
        return _first(data, ("utf-8-sig",))
    if 0 in data[:4]:
        return _first(data, ("utf-16-be", "utf-16-le") if data[0] == 0 else ("utf-16-le", "utf-16-be"))
    found = _DECLARED.search(data[:1024])
    name = found[1].decode("ascii", "replace") if found else ""
    key = re.sub(r"[^a-z0-9]", "", name.casefold())
    if not key or key in _UTF8 or key in _ASCII or key in ("utf16", "utf16le", "utf16be"):
        return _first(data, ("utf-8", "gb18030"))
    if key in _GB:
        beyond = len(data) - len(data.translate(None, _HIGH))
        return _first(data, ("utf-8", "gb18030") if beyond >= _SURE else ("gb18030", "utf-8"))
    if key in _OTHERS:
        return _first(data, ("utf-8", _OTHERS[key]))
    raise BrokenPart(UNKNOWN_CHARSET.format(re.sub(r"[^\w.:-]", "?", name)))


_HIGH = bytes(range(128, 256))


def _first(data: bytes, encodings: tuple[str, ...]) -> str:
    for name in encodings:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    raise BrokenPart(WRONG_CHARSET)


class _Builder(xml.sax.ContentHandler):
    """Builds the tree and counts."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.root: Node | None = None
        self._budget = budget
        self._open: list[Node] = []
        self._count = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        limits = self._budget.limits
        self._count += 1
        if self._count > limits.xml_elements or len(self._open) >= limits.xml_depth:
            raise BrokenPart(TOO_NESTED)
        if self._count % 4096 == 0:
            self._budget.tick()
        node = Node(plain(name), {plain(key): value for key, value in attrs.items()} if len(attrs) else {})
        if self._open:
            self._open[-1].content.append(node)
        elif self.root is None:
            self.root = node
        self._open.append(node)

    def endElement(self, name: str) -> None:  # noqa: N802
        self._open.pop()

    def characters(self, content: str) -> None:
        if self._open:
            here = self._open[-1].content
            here.append(content)


def picture(node: Node) -> str:
    """The picture that an element shows, empty for any other element."""
    names = [node.attributes[name].strip() for name in _FILES if name in node.attributes]
    said = beginning(node, 200)
    found = next((one for one in [*names, said] if one.lower().endswith(PICTURES)), "")
    if node.tag in IMAGES:
        return picture_name(found or next(iter(names), ""))
    return "" if said else picture_name(found)


def lines(node: Node, skip: Container[str] = IMAGES) -> list[str]:
    """The text of an element line by line, without the elements named in ``skip``; white space is that of reading,
    not that of the file. A picture is 〔图：file〕. An element of unknown kind ends a line where its text ends a
    sentence or a clause."""
    buffers: list[list[str]] = [[]]
    _collect(node, buffers, skip)
    found = []
    for buffer in buffers:
        text = _lowered("".join(buffer))
        found += _settled(text) if _SOFT in text else [tidy(text)]
    return [line for line in found if line]


def flat(node: Node, skip: Container[str] = IMAGES) -> str:
    """The text of an element in one line."""
    return "".join(lines(node, skip))


def beginning(node: Node, most: int = 40) -> str:
    """The first characters of the text of an element, at no more cost than these, however long the text is."""
    found, waiting = "", list[Node | str]((node,))
    while waiting and len(found) < most:
        one = waiting.pop()
        if isinstance(one, Node):
            waiting += reversed(one.content)
        else:
            found += one.lstrip()[: most - len(found)] if not found else one[: most - len(found)]
    return tidy(found)


def _collect(node: Node, buffers: list[list[str]], skip: Container[str]) -> None:
    beside_text = node.has_text
    for one in node.content:
        if isinstance(one, str):
            buffers[-1].append(one)
        elif one.tag in skip:
            continue
        elif name := picture(one):
            buffers[-1].append(f"〔图：{name}〕")
        elif one.tag in BREAKS:
            buffers.append([])
        elif one.tag in BLOCKS:
            buffers.append([])
            _collect(one, buffers, skip)
            buffers.append([])
        elif one.tag in CELLS:
            _collect(one, buffers, skip)
            buffers[-1].append(" ")
        elif one.tag in RAISED:
            buffers[-1].append(_raised(_lowered(_inner(one, skip))))
        elif one.tag in LOWERED:
            buffers[-1].append(f"{_OPEN}{_lowered(_inner(one, skip))}{_CLOSE}")
        elif one.tag in INLINE or beside_text:
            _collect(one, buffers, skip)
        else:
            buffers[-1].append(_SOFT)
            _collect(one, buffers, skip)
            buffers[-1].append(_SOFT)


def _inner(node: Node, skip: Container[str]) -> str:
    inner: list[list[str]] = [[]]
    _collect(node, inner, skip)
    return "".join("".join(buffer) for buffer in inner).replace(_SOFT, "")


def _lowered(text: str) -> str:
    """Subscripts: H2O as it is, and x_(1)2 where x12 could be read in two ways."""
    return _LOWERED.sub(_subscript, text) if _OPEN in text else text


def _subscript(found: re.Match[str]) -> str:
    bare, text = found[1].strip(), found.string
    if not bare:
        return found[1]
    before = text[: found.start()].rstrip(_SOFT + _CLOSE)[-1:]
    after = text[found.end() : found.end() + 8].lstrip(_SOFT + _OPEN)[:1]
    kinds = {_kind(one) for one in bare}
    follows, ends = _kind(after), _kind(bare[-1])
    goes_on = bool(follows and ends) and not (ends == "digit" and follows == "letter" and kinds == {"digit"})
    if not goes_on and not (_kind(before) == _kind(bare[0]) == "digit"):
        return bare
    return f"_{bare}" if len(bare) == 1 and not follows else f"_({bare})"


def _kind(char: str) -> str:
    """digit, letter (Chinese is none) or empty."""
    if char.isdecimal():
        return "digit"
    return "letter" if char.isalpha() and unicodedata.category(char) != "Lo" else ""


def _raised(text: str) -> str:
    """10<sup>3</sup> must not read as 103."""
    bare = text.strip()
    if not bare:
        return text
    return _RAISED.get(bare) or (f"^{bare}" if len(bare) == 1 else f"^({bare})")


def _settled(text: str) -> list[str]:
    found: list[list[str]] = []  # pieces by line: a line that is added to piece by piece would be copied each time
    for piece in text.split(_SOFT):
        piece = tidy(piece)
        if not piece:
            continue
        if not found or found[-1][-1].endswith(_SENTENCE_ENDS):
            found.append([piece])
        else:
            if _wants_space(found[-1][-1][-1], piece[0]):
                found[-1].append(" ")
            found[-1].append(piece)
    return ["".join(pieces) for pieces in found]


def tidy(text: str) -> str:
    """White space as it is read: none at the ends, one blank elsewhere, and nothing where a file broke a line between
    Chinese characters."""
    text = text.strip()
    return _SPACE.sub(_space, text) if _UNEVEN.search(text) else text


def _space(run: re.Match[str]) -> str:
    if run[0] == " ":
        return " "
    broken = "\n" in run[0] or "\r" in run[0]
    return "" if broken and not _wants_space(run.string[run.start() - 1], run.string[run.end()]) else " "


def _wants_space(before: str, after: str) -> bool:
    return before.isascii() and after.isascii()
