"""Made-up application packages as files: the documents of the demo's applications in nested Chinese elements.

The same texts give the same bytes on every machine, so that a check value that was recorded can be found again.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from xml.sax.saxutils import escape

from desktop.app.demo_texts import APPLICATIONS, Application

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def first(facts: Mapping[str, str]) -> dict[str, bytes]:
    """The package of a case as it came first, with the usual defects of form: files by path."""
    app = APPLICATIONS[facts["title"]]
    claims, sections = app.claims, app.sections
    for right, wrong in app.slips:
        claims = tuple(text.replace(right, wrong) for text in claims)
        sections = _replaced(sections, right, wrong)
    *others, (heading, texts) = sections
    hasty = replace(
        app,
        claims=claims,
        sections=(*others, (heading, (*texts[:-1], app.fragment, texts[-1]))),
        abstract=app.abstract + app.more_abstract,
        written_title=app.other_title,
        early_publication=False,
    )
    return _files(hasty, facts)


def mended(facts: Mapping[str, str]) -> dict[str, bytes]:
    """The same after the applicant's reply."""
    return _files(APPLICATIONS[facts["title"]], facts)


def filed(facts: Mapping[str, str]) -> dict[str, bytes]:
    """The mended package as it was filed: one character of the description is another."""
    app = APPLICATIONS[facts["title"]]
    return _files(replace(app, sections=_replaced(app.sections, *app.misprint)), facts)


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o100644 << 16  # the same under every system
            archive.writestr(info, content)
    return buffer.getvalue()


def _replaced(
    sections: tuple[tuple[str, tuple[str, ...]], ...], right: str, wrong: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((heading, tuple(text.replace(right, wrong) for text in texts)) for heading, texts in sections)


def _files(app: Application, facts: Mapping[str, str]) -> dict[str, bytes]:
    documents = {
        "110101": ("发明专利请求书", _request(app, facts)),
        "110401": ("实质审查请求书", _examination()),
        "100001": ("权利要求书", _claims(app)),
        "100002": ("说明书", _description(app)),
        "100003": ("说明书附图", _drawings(app)),
        "100004": ("说明书摘要", _element("摘要", _element("段落", _element("内容", escape(app.abstract))))),
    }
    found = {f"{code}/{code}.xml": _document(root, inside) for code, (root, inside) in documents.items()}
    found |= {f"100003/100003_{number}.png": _picture(number) for number in range(1, app.figures + 1)}
    found["承诺书.pdf"] = _commitment()
    return found


def _document(root: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(root, inside)}\n'.encode()


def _element(tag: str, *inside: str) -> str:
    return f"<{tag}>{''.join(inside)}</{tag}>"


def _request(app: Application, facts: Mapping[str, str]) -> str:
    ordinals = ("第一申请人", "第二申请人", "第三申请人")
    applicants = [
        _element(
            ordinal,
            _element("姓名或名称", escape(name)),
            _element("统一社会信用代码", facts["uscc"] if ordinal == ordinals[0] else "null"),
            _element("国籍", _element("名称", "中国")),
        )
        for ordinal, name in zip(ordinals, facts["party"].split("；"), strict=False)
    ]
    inventors = [_element(f"发明人{at}", _element("姓名", name)) for at, name in enumerate(app.inventors, 1)]
    agency = facts.get("agency", "")
    agent = _element("代理师", _element("姓名", "某代理师" if agency else "null"))
    return "\n".join((
        _element(
            "著录项目",
            _element("发明名称", _element("名称", escape(app.title))),
            _element("发明人", *inventors),
            _element("申请人", *applicants),
        ),
        _element(
            "专利代理机构",
            _element("名称", escape(agency) or "null"),
            _element("代码", "null"),
            agent,
        ),
        _element("分类", _element("主分类号", facts["main_class"])),
        _element("提前公开", _element("请求早日公布该专利申请", "1" if app.early_publication else "0")),
        _element("实质审查请求", _element("请求实质审查", "1")),
        _element("声明", _element("声明对同样的发明创造在申请本发明专利的同日申请了实用新型专利", "0")),
        _element("指定摘要附图", _element("图号", "1")),
    ))  # fmt: skip


def _examination() -> str:
    waiver = _element("放弃专利法实施细则第五十七条规定的主动修改的权利", "1")
    return _element("请求内容", _element("请求实质审查", "1"), waiver)


def _claims(app: Application) -> str:
    return "\n".join(
        _element(
            "权利要求项",
            _element("序号", str(number)),
            *(_element("内容", _element("文本", escape(line))) for line in text.split("\n")),
        )
        for number, text in enumerate(app.claims, 1)
    )


def _description(app: Application) -> str:
    title = _element("名称信息", _element("发明名称", escape(app.written_title or app.title)))
    number, made = 0, []
    for heading, texts in app.sections:
        paragraphs = []
        for text in texts:
            number += 1
            inside = _element("内容", _element("文本", escape(text)))
            paragraphs.append(f'<段落 编号="{number:04}">{inside}</段落>')
        made.append(_element(heading, _element("段落集", "\n".join(paragraphs))))
    return title + _element("正文", "\n".join(made))


def _drawings(app: Application) -> str:
    return _element(
        "附图列表",
        *(
            _element("附图", _element("图号", f"图{number}"), _element("图片", f"100003_{number}.png"))
            for number in range(1, app.figures + 1)
        ),
    )


def _picture(boxes: int) -> bytes:
    """A drawing of as many boxes as its number says, one below the other: a PNG in grey."""
    width, height = 240, 40 + 60 * boxes
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for box in range(boxes):
        top = 30 + 60 * box
        for row in range(top, top + 40):
            rows[row][60] = rows[row][180] = 0
        for edge in (top, top + 39):
            rows[edge][60:181] = bytes(121)
        for row in range(top - 20 if box else top, top):
            rows[row][120] = 0
    grey = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", grey), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _commitment() -> bytes:
    """A page of PDF with one line; nothing in it is a signature."""
    line = "专利申请预审承诺书（示例，未签章）".encode("utf-16-be").hex().upper()
    drawn = f"BT /F1 18 Tf 120 700 Td <{line}> Tj ET".encode()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 7 0 R>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 880/StemV 93>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, said in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, said)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return body + end % (count, table, count, len(body))
