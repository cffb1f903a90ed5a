"""Made-up packages: an application written in one of the three shapes of XML, as a folder or a ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from desktop.core.package import (
    ABSTRACT,
    CLAIMS,
    DESCRIPTION,
    DRAWINGS,
    EXAMINATION_REQUEST,
    NAMES,
    REQUESTS,
    Biblio,
)
from desktop.core.terms import PatentType
from tests.exchange.made_applications import Application

NAMESPACED, FLAT, DEEP = "namespaced", "flat", "deep"
SHAPES = (NAMESPACED, FLAT, DEEP)
ENCODINGS = {NAMESPACED: "UTF-8", FLAT: "GBK", DEEP: "UTF-16"}
TITLE_TAG = {
    PatentType.INVENTION: "发明名称",
    PatentType.UTILITY: "实用新型名称",
    PatentType.DESIGN: "使用外观设计的产品名称",
}
SECTIONS = {
    "技术领域": "technical-field",
    "背景技术": "background-art",
    "发明内容": "disclosure",
    "实用新型内容": "disclosure",
    "附图说明": "description-of-drawings",
    "具体实施方式": "mode-for-invention",
}
COMMITMENT_FILE = {"专利申请预审承诺书（盖章）.pdf": b"%PDF-1.4 commitment"}
PIXEL = b"\xff\xd8\xff\xe0" + bytes(64)


def request_code(kind: PatentType) -> str:
    return next(code for code, its in REQUESTS.items() if its is kind)


def documents(app: Application, shape: str, shapes: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """The XML documents by code, each in ``shape`` or in what ``shapes`` says for its code."""
    made: dict[str, str] = {}
    request = request_code(app.kind)
    codes = [request]
    if app.kind is not PatentType.DESIGN:
        codes += [CLAIMS, DESCRIPTION, ABSTRACT, *([DRAWINGS] if app.figures else [])]
    if app.kind is PatentType.INVENTION:
        codes.append(EXAMINATION_REQUEST)
    found = {}
    for code in codes:
        if code in app.left_out:
            continue
        own = (shapes or {}).get(code, shape)
        made[code] = _writers(code)(app, own)
        found[code] = app.replaced.get(code) or encoded(made[code], ENCODINGS[own])
    return found


def encoded(body: str, encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'.encode(encoding)


def files(
    app: Application, shape: str, naming: str = "{0}.xml", shapes: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """All files by path. ``naming`` makes a path of a code (0) and the document's name (1)."""
    found = {naming.format(code, NAMES[code]): data for code, data in documents(app, shape, shapes).items()}
    if app.kind is PatentType.DESIGN:
        found |= {f"外观设计图片/{view}.jpg": PIXEL + view.encode() for view in ("主视图", "后视图", "立体图")}
        found["简要说明.xml"] = encoded("<简要说明><段落>本外观设计产品用于照明。</段落></简要说明>", "UTF-8")
    if DRAWINGS not in app.left_out:
        found |= {f"100003_{number}.jpg": PIXEL + bytes([number]) for number, _ in enumerate(app.figures, 1)}
    return found | COMMITMENT_FILE | app.extra


def write_folder(folder: Path, content: Mapping[str, bytes]) -> Path:
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def zipped(content: Mapping[str, bytes], *, gbk: bool = False, top: str = "") -> bytes:
    """A ZIP. ``gbk``: names as Windows in Chinese writes them, without the UTF-8 flag; ``top``: a folder around all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            path = top + name
            info = GbkInfo(path) if gbk else zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


class GbkInfo(zipfile.ZipInfo):
    """A member whose name goes out in GBK without the UTF-8 flag."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # type: ignore[override]
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def nested(content: Mapping[str, bytes]) -> bytes:
    """The XML documents in a ZIP inside the ZIP, the rest beside it."""
    inner = {name: data for name, data in content.items() if name.endswith(".xml")}
    outer = {name: data for name, data in content.items() if name not in inner}
    return zipped({"申请文件.zip": zipped(inner), **outer})


def biblio_of(app: Application) -> Biblio:
    """What a complete package of this application says."""
    form = app.kind is PatentType.INVENTION and EXAMINATION_REQUEST not in app.left_out
    return Biblio(
        title=app.title,
        applicants=app.applicants,
        inventors=app.inventors,
        agency=app.agency,
        agency_code=app.agency_code,
        agents=app.agents,
        uscc=app.uscc,
        main_class=app.main_class,
        internal_number=app.internal_number,
        early_publication=app.early_publication,
        substantive_examination=True if form else app.substantive_examination,
        waives_amendment=app.waives_amendment if form else None,
        same_day=app.same_day,
        abstract_figure=app.abstract_figure,
    )


def _writers(code: str):  # type: ignore[no-untyped-def]
    return {CLAIMS: claims, DESCRIPTION: description, ABSTRACT: abstract, DRAWINGS: drawings}.get(
        code, examination if code == EXAMINATION_REQUEST else request
    )


def element(tag: str, inside: str = "", **attributes: str) -> str:
    marks = "".join(f" {name.replace('_', '-')}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{marks}>{inside}</{tag}>"


def claims(app: Application, shape: str) -> str:
    made = []
    for number, text in app.claims:
        said = "" if number is None else str(number)
        rows = text.split("\n")
        if shape == NAMESPACED:
            marks = {"num": said.zfill(4) if said.isdecimal() else said} if said else {}
            made.append(
                element("cn:claim", "\n  ".join(element("cn:claim-text", escape(row)) for row in rows), **marks)
            )
        elif shape == FLAT:
            marks = {"顺序": said} if said and len(made) % 2 else {}
            lead = f"{said}. " if said and not marks else ""
            made.append(element("权利要求", lead + "<br/>".join(map(escape, rows)), **marks))
        else:
            number_ = element("序号", said) if said else ""
            made.append(element("权利要求项", number_ + "\n".join(element("内容", runs(row)) for row in rows)))
    body = "\n".join(made)
    if shape == NAMESPACED:
        return f'<cn:claims xmlns:cn="http://www.example.cn/claims">\n{body}\n</cn:claims>'
    return element("权利要求书", element("权利要求", f"\n{body}\n") if shape == DEEP else body)


def runs(text: str) -> str:
    """A text split over two elements in the middle of a word."""
    at = next(
        (at for at in range(len(text) // 2, 1, -1) if text[at - 1] not in "。；：" and text[at - 2 : at + 1].isalpha()),
        0,
    )
    return element("文本", escape(text[:at])) + "\n   " + element("文本", escape(text[at:]))


def description(app: Application, shape: str) -> str:
    title = app.written_title or app.title
    count = 0
    made = []
    for heading, texts in app.sections:
        inside = []
        for text in texts:
            count += 1
            if shape == NAMESPACED:
                inside.append(element("p", escape(text), num=f"{count:04}"))
            elif shape == FLAT:
                inside.append(element("段落", f"[{count:04}] {escape(text)}"))
            else:
                inside.append(element("段落", element("内容", runs(text)), 编号=f"{count:04}"))
        if shape == NAMESPACED:
            made.append(element(SECTIONS[heading], element("heading", heading) + "\n".join(inside)))
        elif shape == FLAT:
            made.append(element("段落", heading) + "\n".join(inside))
        else:
            made.append(element(heading, element("段落集", "\n".join(inside))))
    body = "\n".join(made)
    if shape == NAMESPACED:
        return element("description", element("invention-title", escape(title)) + body)
    if shape == FLAT:
        return element("说明书", element("段落", escape(title)) + body)
    return element("说明书", element("名称信息", element("发明名称", escape(title))) + element("正文", body))


def abstract(app: Application, shape: str) -> str:
    if shape == NAMESPACED:
        return element("abstract", "\n".join(element("p", escape(text)) for text in app.abstract))
    if shape == FLAT:
        return element("说明书摘要", "".join(element("摘要", escape(text)) for text in app.abstract))
    return element("说明书摘要", element("摘要", "".join(element("段落", runs(text)) for text in app.abstract)))


def drawings(app: Application, shape: str) -> str:
    made = []
    for number, label in enumerate(app.figures, 1):
        image = f"100003_{number}.jpg"
        if shape == NAMESPACED:
            made.append(element("figure", element("img", file=image), num=f"{number:04}", figure_labels=label))
        elif shape == FLAT:
            made.append(element("附图", image, 图号=label))
        else:
            made.append(element("附图", element("图号", label.replace("图", "图 ")) + element("图片", "a.jpg")))
    if shape == NAMESPACED:
        return element("drawings", "".join(made))
    return element("说明书附图", element("附图列表", "".join(made)) if shape == DEEP else "".join(made))


WORDS = {
    NAMESPACED: {True: "true", False: "false", None: ""},
    FLAT: {True: "是", False: "否", None: "null"},
    DEEP: {True: "1", False: "0", None: "null"},
}


def request(app: Application, shape: str) -> str:
    word = WORDS[shape]
    title = TITLE_TAG[app.kind]
    figure = app.abstract_figure
    if shape == NAMESPACED:
        people = "".join(
            element("applicant", element("name", escape(name)) + element("nationality", "CN") + element("code", "12"))
            for name in app.applicants
        )
        people += element("inventors", "".join(element("inventor", element("name", name)) for name in app.inventors))
        agents = "".join(element("patent-agent", element("name", name)) for name in app.agents)
        agency = element("name", escape(app.agency)) + element("agency-code", app.agency_code) + agents
        body = (
            element("invention-title", escape(app.title)) + people + element("patent-agency", agency)
            + element("early-publication", word[app.early_publication])
            + element("substantive-examination", word[app.substantive_examination])
            + element("same-day-application", word[app.same_day]) + element("uscc", app.uscc)
            + element("main-classification", app.main_class) + element("internal-number", app.internal_number)
            + element("abstract-figure", figure)
        )  # fmt: skip
        return f'<pct:request xmlns:pct="http://www.example.cn/request">\n{body}</pct:request>'
    if shape == FLAT:
        body = (
            element(title, escape(app.title)) + element("申请人", escape("；".join(app.applicants)))
            + "".join(element("发明人", name) for name in app.inventors) + element("国籍", "中国")
            + element("代理机构", escape(app.agency) or "null") + element("机构代码", app.agency_code)
            + "".join(element("代理师", name) for name in app.agents) + element("提前公布", word[app.early_publication])
            + element("实质审查请求", word[app.substantive_examination]) + element("同日申请", word[app.same_day])
            + element("统一社会信用代码", app.uscc) + element("主分类号", app.main_class)
            + element("内部编号", app.internal_number) + element("摘要附图", figure)
        )  # fmt: skip
        return element(NAMES[request_code(app.kind)], body)
    applicants = "".join(
        element(
            ("第一申请人", "第二申请人", "第三申请人")[at],
            element("姓名或名称", escape(name)) + element("国籍", element("名称", "中国"))
            + element("统一社会信用代码", app.uscc if at == 0 else "null")
            + element("地址", element("省份", "山东省") + element("名称", "历下区")),
        )
        for at, name in enumerate(app.applicants)
    )  # fmt: skip
    inventors = "".join(
        element(f"发明人{at}", element("姓名", name) + element("不公布姓名", "0"))
        for at, name in enumerate(app.inventors, 1)
    )
    agents = "".join(
        element("代理师", element("姓名", name) + element("执业证号", "3721812345.6")) for name in app.agents
    )
    body = (
        element("著录项目", element(title, element("名称", escape(app.title))) + element("申请人", applicants)
                + element("发明人", inventors) + element("联系人", element("姓名", "赵联系")))
        + element("专利代理机构", element("名称", escape(app.agency)) + element("代码", app.agency_code) + agents)
        + element("提前公开", element("请求早日公布该专利申请", word[app.early_publication]))
        + element("实质审查请求", element("请求实质审查", word[app.substantive_examination]))
        + element("声明", element("声明对同样的发明创造在申请本发明专利的同日申请了实用新型专利", word[app.same_day]))
        + element("分类", element("主分类号", app.main_class)) + element("内部编号", app.internal_number or "null")
        + element("指定摘要附图", element("图号", figure.removeprefix("图")))
        + element("附件清单", element("附件", element("名称", "专利代理委托书") + element("份数", "1")))
    )  # fmt: skip
    return element(NAMES[request_code(app.kind)], body)


def examination(app: Application, shape: str) -> str:
    word = WORDS[shape][app.waives_amendment]
    if shape == NAMESPACED:
        return element("examination-request", element("invention-title", app.title) + element("waive-amendment", word))
    if shape == FLAT:
        return element("实质审查请求书", element("发明名称", app.title) + element("放弃主动修改", word))
    inner = element("请求实质审查", "1") + element("放弃专利法实施细则第五十七条规定的主动修改的权利", word)
    return element("实质审查请求书", element("请求内容", inner))
