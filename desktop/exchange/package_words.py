"""The words by which application packages are understood: tags of the three shapes, file names, values.

Tags are in plain form (:func:`desktop.exchange.package_markup.plain`: no name space, no case, no hyphens). Source:
handbook of the field, section 15.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from desktop.core.package import (
    ABSTRACT,
    CLAIMS,
    COMMITMENT,
    DESCRIPTION,
    DESIGN_BRIEF,
    DESIGN_VIEWS,
    DRAWINGS,
    EXAMINATION_REQUEST,
    NAMES,
)  # fmt: skip


def _table(**words: str) -> dict[str, str]:
    return {tag: role for role, tags in words.items() for tag in tags.split()}


#: What an element of a request is about.
_BIBLIO: Final[Mapping[str, str]] = _table(
    title="发明名称 实用新型名称 外观设计名称 使用外观设计的产品名称 外观设计产品名称 产品名称 发明创造名称 专利名称"
    " inventiontitle titleofinvention utilitymodeltitle designtitle title",
    applicant="申请人 申请人信息 申请人列表 申请人姓名或名称 申请人名称 申请人姓名 全部申请人 专利申请人"
    " applicant applicants applicantname applicantinfo",
    inventor="发明人 发明人信息 发明人列表 发明人姓名 全部发明人 设计人 设计人信息 设计人列表 设计人姓名 发明设计人"
    " 发明人或设计人 inventor inventors inventorname inventorinfo designer designers designername",
    agency="代理机构 专利代理机构 代理机构信息 专利代理机构信息 代理机构名称 专利代理机构名称"
    " patentagency patentagencies agency agencyname patentagencyname",
    agent="代理师 专利代理师 代理人 专利代理人 代理师信息 代理人信息 代理师姓名 代理人姓名"
    " 专利代理师姓名 专利代理人姓名"
    " patentagent patentagents agent agents patentattorney attorney agentname patentagentname",
    agency_code="代理机构代码 专利代理机构代码 机构代码 代理机构注册号 agencycode patentagencycode",
    uscc="统一社会信用代码 社会信用代码 uscc unifiedsocialcreditcode",
    main_class="主分类号 主分类 国际专利主分类号 ipc主分类号 mainclassification classificationmain mainipc ipcmain"
    " mainclass ipcmainclass",
    internal_number="内部编号 代理机构内部编号 申请人或代理机构内部编号 案卷内部编号 内部案号 internalnumber"
    " filereferenceid internalreference internalfilenumber",
    early_publication="提前公布 提前公开 早日公布 请求早日公布 请求早日公布该专利申请 请求提前公布 提前公布声明"
    " earlypublication earlypublicationrequest requestearlypublication",
    substantive_examination="实质审查请求 请求实质审查 实质审查 实审请求 请求对该专利申请进行实质审查"
    " substantiveexamination"
    " substantiveexaminationrequest requestsubstantiveexamination examinationrequest requestforexamination",
    waives_amendment="放弃主动修改 放弃主动修改的权利 waiveamendment waivesamendment amendmentwaiver"
    " waivevoluntaryamendment",
    same_day="同日申请 声明同日申请 同日申请声明 同样的发明创造声明 sameday samedayapplication samedaydeclaration"
    " identicalinvention",
    abstract_figure="指定摘要附图 摘要附图 摘要附图图号 摘要附图编号 指定摘要附图图号 abstractfigure abstractdrawing"
    " figureforabstract abstractfigurenumber",
    name="姓名或名称 名称或姓名 姓名 名称 中文姓名 中文名称 单位名称 name orgname fullname chinesename personname",
    code="代码 机构编码 code",
)

#: The same by parts of the tag, for tags that are half sentences; the first that fits.
_BIBLIO_PARTS: Final = (
    (("统一社会信用代码",), "uscc"),
    (("放弃", "主动修改"), "waives_amendment"),
    (("waive", "amend"), "waives_amendment"),
    (("早日公布",), "early_publication"),
    (("提前公布",), "early_publication"),
    (("提前公开",), "early_publication"),
    (("实质审查",), "substantive_examination"),
    (("同样的发明创造",), "same_day"),
    (("同日",), "same_day"),
)
#: Elements (by parts of the tag) with names that are nobody we look for, or with no names at all.
_PASSED_OVER: Final = re.compile(
    "优先权|附件|清单|联系人|代表人|收件人|签章|签字|签名|国籍|地址|邮政|邮编|电话|传真|邮箱|证件|身份证|资格|执业|居住|居所"
    "|国家|省份|城市|类型|代码|编码|日期|英文|分案|生物|费减|priorit|contact|correspond|signature|national|postcode|phone"
    "|email|country|residence|certificate|licen|address(?!book)|street|english"
)
FLAGS: Final = frozenset({"early_publication", "substantive_examination", "waives_amendment", "same_day"})

#: Tags of the texts.
CLAIM_TAGS: Final = frozenset("claim 权利要求 权项 权利要求项 权利要求条目 claimitem".split())
CLAIM_NUMBER_TAGS: Final = frozenset(
    "序号 顺序 顺序号 编号 权利要求序号 权利要求编号 权利要求号 claimnumber claimnum claimno num number".split()
)
CLAIM_NUMBER_ATTRIBUTES: Final = (
    "num 顺序 序号 权利要求序号 权利要求编号 顺序号 编号 claimnum claimnumber claimno number no order"
).split()
PARAGRAPH_TAGS: Final = frozenset("p para paragraph 段落 段 自然段 段落内容 正文段落".split())
PARAGRAPH_NUMBER_ATTRIBUTES: Final = "num 编号 段号 段落号 段落编号 序号 顺序 number no".split()
HEADING_TAGS: Final = frozenset("heading head h1 h2 h3 h4 标题 小标题 章节标题 段落标题 部分标题 子标题".split())
TITLE_TAGS: Final = frozenset(tag for tag, role in _BIBLIO.items() if role == "title")
FIGURE_TAGS: Final = frozenset("figure fig 附图 图 drawing 图片 附图项 图项 图形".split())
FIGURE_LABEL_ATTRIBUTES: Final = (
    "figurelabels figurelabel label 图号 图名 标号 附图编号 附图号 num number 编号 序号 顺序".split()
)
FIGURE_LABEL_TAGS: Final = frozenset(
    "figurelabels figurelabel label caption 图号 图名 附图编号 附图号 附图名称 附图标题 编号 序号 名称 标号"
    " num number".split()
)
#: The five sections of a description. A tag that is English gives the Chinese heading.
SECTION_TAGS: Final[Mapping[str, str]] = _table(
    技术领域="技术领域 所属技术领域 technicalfield fieldofinvention field",
    背景技术="背景技术 现有技术 backgroundart background backgroundofinvention",
    发明内容="发明内容 disclosure summaryofinvention summary inventionsummary inventioncontent disclosureofinvention",
    实用新型内容="实用新型内容 utilitymodelcontent",
    附图说明="附图说明 说明书附图说明 图面说明 descriptionofdrawings briefdescriptionofdrawings drawingsdescription",
    具体实施方式="具体实施方式 具体实施例 具体实施方案 实施方式 modeforinvention bestmode detaileddescription"
    " embodiments"
    " descriptionofembodiments detaileddescriptionofembodiments",
)
SECTION_WORDS: Final = frozenset("技术领域 所属技术领域 背景技术 发明内容 实用新型内容 附图说明 具体实施方式".split())

#: The document by the root element, and by words in the file's name (longest first).
ROOTS: Final[Mapping[str, str]] = {
    "claims": CLAIMS, "权利要求书": CLAIMS, "权利要求": CLAIMS, "cnclaims": CLAIMS,
    "description": DESCRIPTION, "说明书": DESCRIPTION, "cndescription": DESCRIPTION,
    "drawings": DRAWINGS, "说明书附图": DRAWINGS, "附图": DRAWINGS, "cndrawings": DRAWINGS,
    "abstract": ABSTRACT, "说明书摘要": ABSTRACT, "摘要": ABSTRACT, "cnabstract": ABSTRACT,
    "发明专利请求书": "110101", "inventionrequest": "110101", "inventionpatentrequest": "110101",
    "实用新型专利请求书": "120101", "utilitymodelrequest": "120101", "utilityrequest": "120101",
    "外观设计专利请求书": "130101", "designrequest": "130101", "designpatentrequest": "130101",
    "实质审查请求书": EXAMINATION_REQUEST, "实审请求书": EXAMINATION_REQUEST, "实质审查请求": EXAMINATION_REQUEST,
    "substantiveexaminationrequest": EXAMINATION_REQUEST, "examinationrequest": EXAMINATION_REQUEST,
    "简要说明": DESIGN_BRIEF, "外观设计简要说明": DESIGN_BRIEF, "承诺书": COMMITMENT,
}  # fmt: skip
_FILE_WORDS: Final = sorted(
    (
        *((name, code) for code, name in NAMES.items()),
        ("发明请求书", "110101"), ("实用新型请求书", "120101"), ("外观设计请求书", "130101"), ("外观请求书", "130101"),
        ("实审请求", EXAMINATION_REQUEST), ("实质审查请求", EXAMINATION_REQUEST),
        ("权利要求", CLAIMS), ("附图", DRAWINGS), ("摘要", ABSTRACT), ("摘要附图", ""), ("附图说明", ""),
        ("承诺书", COMMITMENT), ("外观设计图片", DESIGN_VIEWS), ("外观设计照片", DESIGN_VIEWS),
        ("外观图片", DESIGN_VIEWS), ("视图", DESIGN_VIEWS), ("立体图", DESIGN_VIEWS), ("图片或照片", DESIGN_VIEWS),
        ("使用状态参考图", DESIGN_VIEWS), ("简要说明", DESIGN_BRIEF),
        # Other forms whose names hold a word from above.
        ("说明书序列表", ""), ("说明书核苷酸", ""), ("使用说明书", ""), ("产品说明书", ""), ("摘要译文", ""),
    ),
    key=lambda pair: -len(pair[0]),
)  # fmt: skip
REQUEST_WORDS: Final = frozenset({"请求书", "专利请求书", "专利申请请求书"})

_TRUE: Final = frozenset(
    "1 是 true y yes t on √ ✓ ✔ ☑ ■ v 同意 请求 声明 放弃 勾选 已勾选 选中 已选中 checked 有".split()
)
_FALSE: Final = frozenset(
    "0 否 false n no f off × ✗ ☐ □ 不 不同意 不请求 不声明 不放弃 未勾选 未选中 unchecked 无".split()
)
_NOTHING: Final = frozenset({"", "null", "none", "nil", "无", "空", "-", "--", "—", "/", "n/a", "未填写", "undefined"})
_SAYS_NO: Final = re.compile(r"不(?:请求|放弃|声明|同意|要求)|^[未否没无不]|未(?:请求|放弃|声明|勾选)")
_FIGURE: Final = re.compile(
    r"(?:图|fig(?:ure)?s?\.?)\s{0,3}(\d{1,3})(?!\d)\s?([A-Za-z](?![A-Za-z])|[(（][A-Za-z0-9]{1,2}[)）])?", re.IGNORECASE
)
_BARE_FIGURE: Final = re.compile(r"0{0,4}(\d{1,3})([A-Za-z]?)")
_ORDINAL: Final = re.compile(r"^第[一二三四五六七八九十\d]{1,3}|[\d一二三四五六七八九十]{1,3}$")


@lru_cache(4096)
def role_of(tag: str) -> str:
    """What an element of a request is about: a role from above, "skip" or empty. 第一申请人 and 申请人2 are 申请人."""
    found = _BIBLIO.get(tag) or _BIBLIO.get(_ORDINAL.sub("", tag))
    if found:
        return found
    if _PASSED_OVER.search(tag) and "统一社会信用代码" not in tag:
        return "skip"
    return next((role for words, role in _BIBLIO_PARTS if all(word in tag for word in words)), "")


def said(text: str) -> str:
    """The value; empty for null, 无 and their like."""
    text = text.strip()
    return "" if text.casefold() in _NOTHING else text


def truth(text: str, statement: bool = False) -> bool | None:
    """A tick. ``statement``: other words count as well, as the sentence that is ticked, or as its refusal."""
    bare = text.strip().casefold().strip("[]【】（）() ")
    if bare in _TRUE:
        return True
    if bare in _FALSE:
        return False
    if bare in _NOTHING or not statement:
        return None
    return not _SAYS_NO.search(bare) if re.search("公布|公开|审查|放弃|声明|同日|同样", bare) else None


def figure_labels(text: str, bare: bool = False) -> list[str]:
    """图1, 图1A … in a text; ``bare``: a number alone is a figure too."""
    found = [f"图{int(number)}{_suffix(suffix)}" for number, suffix in _FIGURE.findall(text)]
    if not found and bare and (only := _BARE_FIGURE.fullmatch(text.strip())):
        found = [f"图{int(only[1])}{only[2]}"]
    return found


def _suffix(text: str) -> str:
    return text.replace("（", "(").replace("）", ")")


def code_of_name(stem: str) -> str | None:
    """The document by Chinese words in a file's name; None without any, empty for a form that is none of ours."""
    return next((code for words, code in _FILE_WORDS if words in stem), None)
