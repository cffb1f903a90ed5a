"""The formal checks: what each rule finds, what comes near and is no fault, and that clean packages stay clean."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.core import finding as finding_module
from desktop.core.claim_references import relations
from desktop.core.finding import Finding, Weight
from desktop.core.formal_checks import claims_graph, examine
from desktop.core.formal_rules import RULES
from desktop.core.package import (
    ABSTRACT,
    CLAIMS,
    COMMITMENT,
    DESCRIPTION,
    DESIGN_BRIEF,
    DESIGN_VIEWS,
    DRAWINGS,
    EXAMINATION_REQUEST,
    Biblio,
    Claim,
    Package,
    Paragraph,
)
from desktop.core.terms import PatentType
from tests.core.claim_sets import clean, design, numbered, package, part  # fmt: skip

INVENTION, UTILITY = PatentType.INVENTION, PatentType.UTILITY
MARKS = {1: "壳体", 2: "盖板", 3: "电机"}
DEVICE = "一种散热装置，包括壳体（1）和盖板（2），其特征在于，所述壳体（1）内设有电机（3）。"
MORE = "根据权利要求1所述的散热装置，其特征在于，所述盖板（2）为铝板。"


def base(kind: PatentType = UTILITY, *claims: str) -> Package:
    """A package without a fault, of three figures and three marks."""
    body = [f"如图1所示，{name}{mark}固定在机架上，{name}（{mark}）可以拆下。" for mark, name in MARKS.items()]
    texts = claims or (DEVICE, MORE)
    return package(kind, "散热装置", numbered(*texts), field="散热", body=body, figures=3, marks=MARKS)


def found(checked: Package) -> list[Finding]:
    """What was found besides the commitment, at which a person must look in every package."""
    return [one for one in examine(checked) if one.rule != "commitment"]


def rules(checked: Package) -> list[str]:
    return [one.rule for one in found(checked)]


def with_parts(checked: Package, **changes: Any) -> Package:
    return replace(checked, parts=tuple(replace(one, **changes) for one in checked.parts))


def without(checked: Package, *codes: str) -> Package:
    return replace(checked, parts=tuple(one for one in checked.parts if one.code not in codes))


def adding(checked: Package, *texts: str, section: str = "具体实施方式") -> Package:
    """With further paragraphs at the end of a section."""
    last = max(unit for unit, one in enumerate(checked.description) if one.section == section)
    new = tuple(Paragraph(text, "", section) for text in texts)
    return replace(checked, description=(*checked.description[: last + 1], *new, *checked.description[last + 1 :]))


def changing(checked: Package, old: str, new: str) -> Package:
    """With other words in the description."""
    said = tuple(replace(one, text=one.text.replace(old, new)) for one in checked.description)
    assert said != checked.description
    return replace(checked, description=said)


def saying(checked: Package, **said: Any) -> Package:
    return replace(checked, biblio=replace(checked.biblio, **said))


def broken(checked: Package, code: str) -> Package:
    """As a reader leaves it: the part is there, and nothing was read of it."""
    parts = tuple(replace(one, problem="不是完整的 XML。") if one.code == code else one for one in checked.parts)
    gone = {CLAIMS: {"claims": ()}, DESCRIPTION: {"description": (), "title": ""}, ABSTRACT: {"abstract": ()}}
    unsaid = Biblio(waives_amendment=checked.biblio.waives_amendment)  # which the request for examination says
    empty: dict[str, Any] = {DRAWINGS: {"figures": ()}, "120101": {"biblio": unsaid}, "110101": {"biblio": unsaid}}
    return replace(checked, parts=parts, **{**gone, **empty}.get(code, {}))


def untitled(checked: Package, section: str) -> Package:
    return replace(checked, description=tuple(one for one in checked.description if one.section != section))


U, I = base(), base(INVENTION)  # noqa: E741
ON_ONE = "根据权利要求1所述的散热装置，其中，壳体（1）为铝。"
ON_TWO = "根据权利要求1或2所述的散热装置，其中，壳体（1）为铝。"
METHOD = "一种散热方法，其特征在于，包括通风。"

POSITIVE: dict[str, list[Package]] = {
    "claim_numbering": [
        replace(U, claims=(Claim(1, DEVICE), Claim(3, MORE))),
        replace(U, claims=(Claim(1, DEVICE), Claim(2, MORE), Claim(2, ON_ONE))),
        replace(U, claims=(Claim(1, DEVICE), Claim(None, MORE))),
        replace(U, claims=(Claim(1, DEVICE), Claim(3, MORE), Claim(2, ON_ONE))),
        replace(U, claims=(Claim(2, DEVICE.replace("权利要求1", "权利要求2")),)),
        replace(U, claims=(Claim(None, DEVICE), Claim(None, MORE))),
        replace(U, claims=(Claim(0, DEVICE), Claim(1, "一种风扇，包括叶片。"))),
    ],
    "claim_reference_missing": [
        base(UTILITY, DEVICE, "根据权利要求9所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, MORE, "根据权利要求1至7中任一项所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, "根据前述权利要求中任一项所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, "一种设备，包括权利要求5所述的散热装置。"),
        base(UTILITY, DEVICE, "根据权力要求1所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, "根据权利1所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, "根据权利要求l所述的散热装置，其中，壳体（1）为铝。", MORE.replace("1所", "2所")),
        base(UTILITY, DEVICE, "根据权利要求1-999999999中任一项所述的散热装置，其中，壳体（1）为铝。"),
    ],
    "claim_reference_order": [
        base(UTILITY, DEVICE, "根据权利要求2所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, "根据权利要求3所述的散热装置，其中，壳体（1）为铝。", MORE),
        base(UTILITY, DEVICE, "根据权利要求1至2中任一项所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, "一种设备，包括权利要求2所述的散热装置。", DEVICE),
    ],
    "claim_alternative": [
        base(UTILITY, DEVICE, MORE, "根据权利要求1和2所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, MORE, "根据权利要求1-2所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, MORE, "根据权利要求1、2所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, MORE, "根据权利要求1和/或2所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, MORE, "根据前述权利要求所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, MORE, "根据权利要求1-2中至少一项所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, MORE, "根据权利要求1-2中的一项或多项所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, MORE, "根据权利要求1&2所述的散热装置，其中，壳体（1）为铝。"),
    ],
    "claim_multiple": [
        base(UTILITY, DEVICE, MORE, ON_TWO, "根据权利要求1或3所述的散热装置，其中，电机（3）为伺服电机。"),
        base(UTILITY, DEVICE, MORE, ON_TWO, "根据权利要求1至3中任一项所述的散热装置，其中，电机（3）为伺服电机。"),
        base(UTILITY, DEVICE, MORE, ON_TWO, "如前述权利要求中任一项所述的散热装置，其中，电机（3）为伺服电机。"),
        base(
            UTILITY, DEVICE, MORE, "如权利要求1所述的散热装置或如权利要求2所述的散热装置，其中，壳体（1）为铝。",
            "根据权利要求1或3所述的散热装置，其中，电机（3）为伺服电机。",
        ),
        base(UTILITY, DEVICE, MORE, ON_TWO, "根据权利要求1.2或3所述的散热装置，其中，电机（3）为伺服电机。"),
        base(INVENTION, DEVICE, MORE, ON_TWO, "根据权利要求2或权利要求3所述的散热装置，其中，电机（3）为伺服电机。"),
    ],
    "claim_subject": [
        base(INVENTION, "一种铝合金材料，包括铝。", "根据权利要求1所述的制备方法，其中，搅拌两次。"),
        base(INVENTION, METHOD, "根据权利要求1所述的装置，其特征在于，设有风扇。"),
        base(INVENTION, METHOD, "如权利要求1所述的方法，其中，通风两次。", "根据权利要求2所述的系统，其中，有风扇。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的方法，其特征在于，壳体（1）为铝。"),
        base(UTILITY, "一种手机，包括壳体（1）。", "根据权利要求1所述的照明灯，其中，设有盖板（2）。"),
    ],
    "claim_cites_figure": [
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，盖板（2）如图1所示。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，盖板（2）的形状如附图 2 中所示。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，盖板（2）参见图3。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，盖板（2）如说明书第3页所述。"),
        *(
            base(UTILITY, DEVICE, f"根据权利要求1所述的散热装置，其中，盖板（2）的形状{said}。")
            for said in ("如图所示", "如附图所示", "如第1图所示", "如附图中所示", "如说明书所描述", "如实施例1所述",
                         "如说明书记载", "如实施例所记载", "参照上述实施方式所述", "如第一实施例所示")
        ),
    ],
    "mark_missing": [
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，还包括底座（77）。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，所述左支架、右支架（77、78）对称。"),
        base(INVENTION, DEVICE, "根据权利要求1所述的散热装置，其中，还包括底座(4a)。"),
        adding(U, "壳体1上设有凸台4，凸台4用于定位。"),
        adding(U, "壳体1上设有凸台（4），所述凸台（4）用于定位。"),
        changing(U, "3、电机。", "3、电机；9、弹簧。"),
    ],
    "mark_conflict": [
        adding(U, "底座（1）与机架焊接。"),
        adding(U, "安装时，盖板（1）朝上。"),
        adding(U, "安装时，盖板1朝上，以便观察。"),
        changing(U, "3、电机。", "3、电机；3、支脚。"),
        changing(U, "3、电机。", "3、电机；4、壳体。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，所述盖板（1）为铝板。"),
        adding(untitled(I, ""), "附图标记：1-壳体，2-盖板，1-支脚。", section="附图说明"),
    ],
    "figure_missing": [
        adding(U, "如图9所示，二者相连。"),
        adding(I, "结合图1和图7，二者相连。"),
        adding(U, "图4为局部放大图；", section="附图说明"),
        adding(without(replace(untitled(I, "附图说明"), figures=()), DRAWINGS), "参见附图2，二者相连。"),
    ],
    "figure_undescribed": [
        replace(U, figures=(*U.figures, "图4")),
        replace(I, figures=(*I.figures, "图4a", "图4b")),
        changing(U, "图2是", "此图是"),
    ],
    "figure_numbering": [
        changing(replace(U, figures=("图1", "图2", "图4")), "图3是", "图4是"),
        changing(changing(replace(U, figures=("图2", "图3")), "图1是", "图2是"), "图1所示", "图2所示"),
        changing(replace(I, figures=("图1", "图3a", "图3b")), "图2是", "图3是"),
        replace(changing(U, "图3是", "图12是"), figures=("图1", "图2", "图12")),
    ],
    "type_words": [
        adding(U, "本发明的有益效果在于散热快。"),
        adding(I, "本实用新型的有益效果在于散热快。"),
        replace(U, abstract=("本发明公开了一种散热装置。",)),
        base(INVENTION, DEVICE, "根据权利要求1所述的散热装置，其中，本实用新型的盖板（2）为铝。"),
    ],
    "title_differs": [
        saying(U, title="散热机构"),
        saying(I, title="一种散热装置"),
        replace(U, title="散热装置及方法"),
    ],
    "section_missing": [
        untitled(U, "背景技术"),
        untitled(I, "发明内容"),
        untitled(I, "附图说明"),
        replace(U, description=tuple(Paragraph(one.text) for one in U.description if not one.heading)),
    ],
    "technical_field": [
        replace(saying(U, title="水泵叶轮"), title="水泵叶轮"),
        changing(changing(I, "散热技术领域", "食品加工技术领域"), "一种散热装置。", "一种包装机。"),
        changing(changing(U, "涉及散热", "涉及印刷"), "一种散热装置。", "一种刷子。"),
    ],
    "description_cites_claims": [
        adding(U, "所述装置如权利要求1所述。"),
        adding(I, "根据权利要求1至3中任一项所述的装置，其效果相同。"),
        adding(U, "采用权利要求一中的结构。"),
    ],
    "paragraph_repeated": [
        adding(U, "所述壳体与盖板之间设有密封垫圈。", "所述壳体与盖板之间设有密封垫圈。"),
        adding(I, "所述壳体与盖板之间设有密封垫圈。", "另有变形。", "所述壳体与 盖板之间设有密封垫圈。"),
        adding(U, *["工作时，电机驱动风扇转动以带走热量。"] * 3),
    ],
    "paragraph_fragment": [
        adding(U, "所述壳体与"),
        adding(I, "另外，该盖板设有"),
        adding(U, "从而使得热量，"),
    ],
    "abstract_length": [
        replace(U, abstract=("散" * 301,)),
        replace(I, abstract=("散" * 200, "热" * 101)),
        replace(U, abstract=("散 " * 350,)),
    ],
    "abstract_figure": [saying(one, abstract_figure=said) for one, said in ((U, ""), (I, " "), (clean()[0], ""))],
    "unknown_code": [
        replace(U, parts=(*U.parts, part("100099"))),
        replace(I, parts=(*I.parts, part("999999"))),
        replace(design(), parts=(*design().parts, part("130199"))),
    ],
    "part_missing": [
        without(replace(U, claims=()), CLAIMS),
        without(replace(U, figures=()), DRAWINGS),
        without(replace(I, figures=()), DRAWINGS),
        without(I, COMMITMENT),
        without(replace(I, abstract=()), ABSTRACT),
        without(replace(I, description=(), title=""), DESCRIPTION),
        without(design(), DESIGN_BRIEF),
        without(design(), DESIGN_VIEWS),
        without(replace(U, patent_type=None, biblio=Biblio()), "120101"),
    ],
    "part_broken": [
        *(broken(U, code) for code in (CLAIMS, DESCRIPTION, ABSTRACT, DRAWINGS, "120101", COMMITMENT)),
        broken(I, EXAMINATION_REQUEST),
        broken(I, "110101"),
        replace(U, parts=(*U.parts, part("", name="", file="图.tif", problem="文件为空"))),
        replace(U, claims=()),
    ],
    "request_incomplete": [
        saying(U, title=""),
        saying(I, applicants=()),
        saying(U, inventors=("",)),
        saying(I, agents=()),
        saying(design(), title=""),
    ],
    "early_publication": [
        saying(I, early_publication=False),
        saying(I, early_publication=None),
        replace(saying(I, early_publication=None), patent_type=None),
    ],
    "examination_request": [
        without(I, EXAMINATION_REQUEST),
        without(clean()[7], EXAMINATION_REQUEST),
        saying(without(I, EXAMINATION_REQUEST), substantive_examination=True),
    ],
    "amendment_waiver": [
        saying(I, waives_amendment=None),
        saying(I, waives_amendment=False),
        saying(clean()[8], waives_amendment=None),
    ],
    "same_day": [saying(I, same_day=True), saying(U, same_day=True), saying(clean()[9], same_day=True)],
}  # fmt: skip

QUIET: dict[str, list[Package]] = {
    "claim_numbering": [replace(U, claims=(Claim(None, DEVICE),)), U],
    "claim_reference_missing": [base(UTILITY, DEVICE, MORE, ON_TWO, "一种设备，包括权利要求1至3之一的装置。")],
    "claim_reference_order": [base(UTILITY, DEVICE, MORE, "根据权利要求2至1中任一项所述的装置，其中，壳体（1）为铝。")],
    "claim_alternative": [
        base(UTILITY, DEVICE, MORE, "一种设备，包括权利要求1和2所述的散热装置。"),
        base(UTILITY, DEVICE, MORE, "根据权利要求1和2中任一项所述的散热装置，其中，壳体（1）为铝。"),
        base(UTILITY, DEVICE, "根据前述权利要求所述的散热装置，其中，壳体（1）为铝。"),
    ],
    "claim_multiple": [
        base(UTILITY, DEVICE, MORE, ON_TWO, "根据权利要求3所述的散热装置，其中，电机（3）为伺服电机。"),
        base(UTILITY, DEVICE, MORE, ON_TWO, "一种设备，包括权利要求1至3中任一项所述的散热装置。"),
        # Through a claim between: 4 rests on 3 alone, 5 on several that are no multiple claims.
        base(
            UTILITY, DEVICE, MORE, ON_TWO, "根据权利要求3所述的散热装置，其中，电机（3）为伺服电机。",
            "根据权利要求2或4所述的散热装置，其中，盖板（2）涂漆。",
        ),
    ],
    "claim_subject": [
        base(INVENTION, "一种陶瓷的制备方法，包括烧结。", "根据权利要求1所述的方法制备的陶瓷，其特征在于，致密。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的装置，其特征在于，壳体（1）为铝。"),
        base(INVENTION, DEVICE, "权利要求1所述的散热装置的控制方法，其特征在于，包括通风。"),
    ],
    "claim_cites_figure": [
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，显示特征图和地图1，如式1所示。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，盖板（2）上印有图像，如上所述。"),
        *(
            base(UTILITY, DEVICE, f"根据权利要求1所述的散热装置，其中，{said}。")
            for said in ("显示如图像所示的内容", "处理示意图数据", "如所述盖板", "如第1图像所示", "实施例行检查")
        ),
    ],
    "mark_missing": [
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，满足公式F=ma（5），且y = ax+bc （6），即公式F（7）。"),
        adding(U, "壳体1上设有凸台4，其用于定位。"),  # once is no use
        adding(U, "设有凸台4个，凸台4个一组；步骤5重复，步骤5完成；样品6与样品6相同；凸台12，凸台12。"),
        adding(changing(U, "附图标记说明：1、壳体；2、盖板；3、电机。", "无。"), "凸台4与凸台4相连。"),
        adding(changing(U, "2、盖板；3、电机。", "2、盖板。"), "凸台4与凸台4相连。"),
        changing(adding(U, "支脚5与支脚6相连，支脚5与支脚6可拆。"), "3、电机。", "3、电机；4-6、支脚。"),
        changing(adding(U, "支脚4至6可拆。"), "3、电机。", "3、电机；5、支脚。"),
        base(UTILITY, DEVICE, "根据权利要求1所述的散热装置，其中，步骤（77）与式（88）如所述条件（9）。"),
        package(INVENTION, "散热涂料", numbered("一种散热涂料，包括组分甲（77）。"), field="涂料"),
    ],
    "mark_conflict": [
        adding(U, "所述外壳体（1）即铝壳体（1），其中大电机（3）与电机3为同一部件。"),
        adding(U, "设有盖板2个，电机1台，壳体2mm厚。", "重复步骤（1）和步骤（2），直至条件（3）成立。"),
        changing(U, "3、电机。", "3、电机；31、电机轴。"),
        adding(U, "实施例（1）中，见式（2）。"),
        adding(U, "壳体、盖板（1、2）为铝制，盖板、壳体（2、1）可拆。"),
        adding(U, "步骤如下（1）通风，位于其内的（3）转动。"),
    ],
    "figure_missing": [
        adding(U, "如图2a所示，对比文件D1图9、视图8和地图7不在此列。"),
        adding(U, "构图9法不限。"),
        adding(U, "现有专利CN201234567U的附图4公开了一种壳体，如图8所示。", section="背景技术"),
        adding(U, "对比文件1（图5）公开了类似的结构，专利文献2中参见图6的部分与此不同。"),
        broken(untitled(adding(U, "如图9所示，二者相连。"), "附图说明"), DRAWINGS),
    ],
    "figure_undescribed": [
        replace(U, figures=("图1", "图2a", "图2b", "图3")),
        changing(replace(U, figures=("图1", "图2", "图3", "图4", "图5")), "图3是", "图3至图5是"),
        changing(replace(U, figures=("图1", "图2", "图3", "图4")), "图3是", "图3、4分别是"),
    ],
    "figure_numbering": [replace(U, figures=("图2", "图1a", "图1b", "图3")), broken(U, DRAWINGS)],
    "type_words": [
        adding(U, "本发明人经研究发现，发明创造的目的可以达到，本发明创造不限于此。"),
        adding(I, "实用新型专利与发明专利不同，现有的实用新型不在此列。"),
    ],
    "title_differs": [saying(U, title=" 散热 装置\n"), replace(saying(U, title="ＬＥＤ散热灯"), title="LED 散热灯")],
    "section_missing": [
        package(INVENTION, "散热涂料", numbered("一种散热涂料，包括甲。"), field="散热"),
        replace(
            I, description=tuple(replace(one, text=f"【{one.text}】", heading=False, section="") if one.heading else
                                 replace(one, section="") for one in I.description),
        ),
    ],
    "technical_field": [changing(U, "涉及散热技术领域，尤其涉及一种散热装置。", "涉及散热领域。")],
    "description_cites_claims": [
        adding(U, "保护范围以所附权利要求书为准，不背离上述权利要求限定的范围，权利要求中的术语从其通常含义。"),
    ],
    "paragraph_repeated": [
        adding(U, "效果良好。", "效果良好。"),
        adding(U, "实施例2与实施例1的不同在于厚度为2mm。", "实施例3与实施例1的不同在于厚度为3mm。"),
    ],
    "paragraph_fragment": [
        adding(U, "实施例一", "（1）称取原料", "y=ax+b", "有益效果", "其中，", "效果良好。"),
        adding(I, "所述壳体包括：", "第二实施例的变形", "步骤一，备料", "散热装置"),
        adding(U, "图1中的局部", section="附图说明"),
    ],
    "abstract_length": [replace(U, abstract=("散" * 300,)), replace(U, abstract=("散 " * 150, " \n" * 99, "热" * 150))],
    "abstract_figure": [saying(clean()[-1], abstract_figure=""), broken(U, "120101")],
    "unknown_code": [replace(U, parts=(*U.parts, part("", file="图.tif"), part("abcdef"), part("12345")))],
    "part_missing": [broken(U, CLAIMS), broken(U, "120101"), clean()[-1]],
    "part_broken": [U, design()],
    "request_incomplete": [saying(U, agency="", agents=()), broken(U, "120101"), design()],
    "early_publication": [U, design(), saying(broken(I, "110101"), early_publication=None)],
    "examination_request": [U, design(), broken(I, EXAMINATION_REQUEST)],
    "amendment_waiver": [
        saying(without(I, EXAMINATION_REQUEST), waives_amendment=None),
        saying(broken(I, EXAMINATION_REQUEST), waives_amendment=None),
    ],
    "same_day": [saying(I, same_day=False), saying(U, same_day=None)],
    "commitment": [without(U, COMMITMENT), broken(U, COMMITMENT)],
}  # fmt: skip


def cases(table: dict[str, list[Package]]) -> list[Any]:
    return [pytest.param(rule, one, id=f"{rule}-{at}") for rule, group in table.items() for at, one in enumerate(group)]


@pytest.mark.parametrize(("rule", "checked"), cases(POSITIVE))
def test_a_fault_is_found_once_and_alone(rule: str, checked: Package) -> None:
    said = rules(checked)
    assert rule in said
    assert set(said) == {rule}, said


@pytest.mark.parametrize(("rule", "checked"), cases(QUIET))
def test_what_comes_near_is_no_fault(rule: str, checked: Package) -> None:
    assert rule not in {one.rule for one in examine(checked)}


def test_every_rule_is_tried() -> None:
    assert set(POSITIVE) == set(RULES) - {"commitment"}
    assert set(QUIET) == set(RULES)
    assert min(map(len, POSITIVE.values())) >= 3


@pytest.mark.parametrize("checked", [U, I, design()], ids=["utility", "invention", "design"])
def test_the_commitment_is_for_a_person(checked: Package) -> None:
    (one,) = [one for one in examine(checked) if one.rule == "commitment"]
    assert (one.weight, one.item) == (Weight.HUMAN, "A7")


# --- what a finding says ----------------------------------------------------------------------------------------

EVERY = [one for group in POSITIVE.values() for one in group]


def test_a_finding_points_at_its_words() -> None:
    for checked in EVERY:
        for one in examine(checked):
            if one.place.unit >= 0:
                unit = checked.text(one.place.code)[one.place.unit]
                assert 0 <= one.place.start <= one.place.end <= len(unit)
                assert one.passage == (unit[one.place.start : one.place.end] if one.place.end else unit)
                assert one.passage


def test_lines_and_clauses_are_those_of_the_checklists() -> None:
    shipped = Path(__file__).parents[2] / "resources" / "checklists" / "preexam.toml"
    tables = tomllib.loads(shipped.read_text("utf-8"))["lists"]
    lists = {one["id"]: {item["id"] for item in one["items"]} for one in tables}
    own = {INVENTION: "invention", UTILITY: "utility", PatentType.DESIGN: "design", None: "accept"}
    for checked in EVERY:
        for one in examine(checked):
            assert one.article
            assert one.item in lists[own[checked.patent_type]] | lists["accept"] | {""}
            assert one.item or checked.patent_type is None


def test_a_finding_reads_after_the_first_judgement() -> None:
    for checked in EVERY:
        for one in examine(checked):
            said = one.text
            assert said == said.strip()
            assert not said.endswith("。")
            assert not any(word in said for word in ("驳回", "初步判断", "不合格", "None"))
            assert one.where


def test_what_a_finding_says_in_full() -> None:
    checked = base(INVENTION, DEVICE, MORE, ON_TWO, "根据权利要求1至3中任一项所述的散热装置，其中，设有电机（3）。")
    (one,) = found(checked)
    assert (one.rule, one.item, one.article, one.where) == ("claim_multiple", "I-F7", "细则25", "权利要求 4")
    assert (one.weight, one.passage, one.claims) == (Weight.DEFECT, "权利要求1至3中任一项", (4, 3))
    assert one.text == "多项从属权利要求 4 引用了多项从属权利要求 3"
    assert found(replace(checked, patent_type=UTILITY))[0].item == "U-7"


@pytest.mark.parametrize(
    ("checked", "where"),
    [
        (adding(U, "所述壳体与"), "说明书第 13 段"),
        (replace(U, abstract=("散" * 301,)), "摘要"),
        (saying(U, applicants=()), "请求书"),
        (replace(U, figures=(*U.figures, "图4")), "图 4"),
        (changing(U, "如图1所示，壳体", "如图8所示，壳体"), "说明书第 [0009] 段"),
    ],
)  # fmt: skip
def test_where_a_finding_is(checked: Package, where: str) -> None:
    assert [one.where for one in found(checked)] == [where]


def test_the_overrun_of_an_abstract_is_what_is_marked() -> None:
    (one,) = found(replace(U, abstract=("散" * 200, "热" * 100 + "快" * 3)))
    assert (one.place.unit, one.passage) == (1, "快" * 3)
    assert "303" in one.text


def test_both_titles_are_said() -> None:
    (one,) = found(saying(U, title="散热机构"))
    assert "散热机构" in one.text
    assert "散热装置" in one.text


def test_ticks_that_were_not_seen_weigh_less_than_those_denied() -> None:
    for name in ("early_publication", "waives_amendment"):
        assert [one.weight for one in found(saying(I, **{name: None}))] == [Weight.HINT]
        assert [one.weight for one in found(saying(I, **{name: False}))] == [Weight.DEFECT]
    assert [one.weight for one in found(saying(I, same_day=True))] == [Weight.HUMAN]


def test_hints_and_their_words() -> None:
    (one,) = found(base(UTILITY, DEVICE, "根据权力要求1所述的散热装置，其中，壳体（1）为铝。"))
    assert (one.weight, one.passage) == (Weight.HINT, "权力要求1")
    assert "引用语“权力要求1”疑为笔误" in one.text
    for checked in (adding(U, "凸台4与凸台4相连。"), changing(U, "3、电机。", "3、电机；9、弹簧。")):
        assert [one.weight for one in found(checked)] == [Weight.HINT]
    device = "根据权利要求1所述的散热装置，其中，有风扇。"
    assert [one.weight for one in found(base(INVENTION, METHOD, device))] == [Weight.DEFECT]
    assert [one.weight for one in found(base(INVENTION, METHOD, device.replace("散热装置", "风扇")))] == [Weight.HINT]


def test_a_numbering_from_nought_is_said() -> None:
    (one,) = found(replace(U, claims=(Claim(0, DEVICE), Claim(1, "一种风扇，包括叶片。"))))
    assert "应当从 1 开始" in one.text
    assert "先后次序" not in one.text


def test_a_space_stands_after_digits_only() -> None:
    many = "根据权利要求1至{}中任一项所述的散热装置，其中，壳体（1）为铝。"
    assert "等 7 项不存在" in found(base(UTILITY, DEVICE, many.format(9)))[0].text
    assert "权利要求 3、4 不存在" in found(base(UTILITY, DEVICE, many.format(4)))[0].text


def test_a_claim_that_cannot_be_read_is_not_in_the_graph() -> None:
    checked = base(UTILITY, DEVICE, "根据权力要求1所述的散热装置，其中，壳体（1）为铝。", ON_ONE)
    assert claims_graph(checked)["independent"] == [1]


def test_findings_come_in_the_order_of_the_file() -> None:
    worst = adding(saying(without(I, COMMITMENT), agents=(), abstract_figure=""), "所述壳体与", "如图9所示，二者相连。")
    worst = replace(worst, claims=(Claim(1, DEVICE), Claim(2, "根据权利要求5所述的散热装置，其中，设有电机（3）。")))
    worst = replace(worst, abstract=("散" * 301,))
    assert rules(worst) == [
        "part_missing", "request_incomplete", "claim_reference_missing", "paragraph_fragment", "figure_missing",
        "abstract_length", "abstract_figure",
    ]  # fmt: skip


def test_the_same_text_gives_the_same_keys() -> None:
    for checked in EVERY:
        keys = [one.key for one in examine(checked)]
        assert len(set(keys)) == len(keys)
        assert keys == [one.key for one in examine(replace(checked))]


def test_the_three_things_that_go_with_every_finding() -> None:
    said = finding_module.DISCLAIMER
    assert all(
        words in said for words in ("初步判断", "基于当前案卷及已提供对比文件", "最终以国家知识产权局实质审查结果为准")
    )


# --- packages as a whole ----------------------------------------------------------------------------------------


def test_a_package_without_a_request_is_checked_for_what_needs_none() -> None:
    checked = replace(U, patent_type=None, biblio=Biblio(), claims=numbered(DEVICE, ON_TWO.replace("或2", "和2")))
    checked = adding(without(checked, "120101"), "本发明的壳体为铝制。")
    assert rules(checked) == ["part_missing", "claim_reference_order", "claim_alternative"]
    assert rules(Package()) == ["part_missing", "part_missing"]


def test_the_type_is_read_off_the_code_of_the_request() -> None:
    assert rules(replace(without(I, EXAMINATION_REQUEST), patent_type=None)) == ["examination_request"]


@pytest.mark.parametrize("code", [CLAIMS, DESCRIPTION, DRAWINGS, ABSTRACT, "110101", EXAMINATION_REQUEST, COMMITMENT])
def test_a_part_that_was_not_read_gives_one_finding(code: str) -> None:
    assert rules(broken(I, code)) == ["part_broken"]


def test_an_empty_folder_of_broken_parts() -> None:
    assert set(rules(with_parts(Package(parts=U.parts, patent_type=UTILITY), problem="读不出"))) == {"part_broken"}


def test_the_graph() -> None:
    checked = replace(
        U,
        claims=tuple(
            Claim(None, text)
            for text in (
                METHOD,
                "根据权利要求1所述的方法，其中，通风两次。",
                "根据前述权利要求中任一项所述的方法，其中，通风三次。",
                "一种执行权利要求1至3中任一项所述方法的装置，包括风扇。",
                "一种风扇，包括叶片。",
            )
        ),
    )
    assert claims_graph(checked) == {
        "count": 5,
        "independent": [1, 4, 5],
        "dependencies": [
            {"claim": 2, "refers": [1]},
            {"claim": 3, "refers": [1, 2]},
            {"claim": 4, "refers": [1, 2, 3]},
        ],
    }
    assert claims_graph(Package()) == {"count": 0, "independent": [], "dependencies": []}


# --- clean sets, and what is planted in them --------------------------------------------------------------------

CLEAN = clean()
SETS = pytest.mark.parametrize("checked", CLEAN, ids=[f"{at}-{one.title}" for at, one in enumerate(CLEAN)])


def planted(checked: Package, *texts: str) -> Package:
    new = (Claim(at, text) for at, text in enumerate(texts, start=len(checked.claims) + 1))
    return replace(checked, claims=(*checked.claims, *new))


def name_of_first(checked: Package) -> str:
    return relations(checked.claims)[0].subject.text


def claim_on(number: int | str, name: str, said: str = "另有说明") -> str:
    return f"根据权利要求{number}所述的{name}，其特征在于，{said}。"


def wrong(name: str) -> str:
    return "系统" if name.endswith(("方法", "工艺")) else "方法"


def other_type(checked: Package) -> str:
    return "本实用新型另有说明" if checked.patent_type is INVENTION else "本发明另有说明"


#: By rule, from the set, the number of its claims and the name of its first subject.
PLANTS: dict[str, Callable[[Package, int, str], Package]] = {
    "claim_reference_missing": lambda one, n, name: planted(one, claim_on(n + 50, name)),
    "claim_reference_order": lambda one, n, name: planted(one, claim_on(n + 1, name)),
    "claim_alternative": lambda one, n, name: planted(one, claim_on(1, name), claim_on(f"1和{n + 1}", name)),
    "claim_multiple": lambda one, n, name: planted(
        one, claim_on(1, name), claim_on(f"1或{n + 1}", name), claim_on(f"1或{n + 2}", name)
    ),
    "claim_subject": lambda one, n, name: planted(one, claim_on(1, wrong(name))),
    "claim_numbering": lambda one, n, name: replace(
        one, claims=(*one.claims[:-1], replace(one.claims[-1], number=n + 1))
    ),
    "claim_cites_figure": lambda one, n, name: planted(one, claim_on(1, name, "如图1所示")),
    "type_words": lambda one, n, name: planted(one, claim_on(1, name, other_type(one))),
}


def test_there_are_twenty_sets_of_some_size() -> None:
    assert len(CLEAN) == 20
    assert all(10 <= len(one.claims) <= 60 for one in CLEAN)
    assert len({one.claims for one in CLEAN}) == 20


@SETS
def test_a_clean_set_stays_clean(checked: Package) -> None:
    assert found(checked) == []


@SETS
@pytest.mark.parametrize("rule", PLANTS)
def test_what_is_planted_is_found(checked: Package, rule: str) -> None:
    said = found(PLANTS[rule](checked, len(checked.claims), name_of_first(checked)))
    assert [one.rule for one in said] == [rule]


# --- whatever the package ---------------------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(
        (
            "权利要求 1 2 3 99 和 或 至 中任一项 所述的 装置 方法 壳体 （1） (2) 图 图1 图2-9 如图 所示 附图标记："
            " 1、壳体；2-盖板 技术领域 附图说明 本发明 本实用新型 一种 ， 。 、 ； ： \n 制备 的 [ 】 0 x"
        ).split(" ")
    ),
    max_size=30,
).map("".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([*PatentType, None]),
    st.lists(st.tuples(st.none() | st.integers(-1, 5), WORDS), max_size=5),
    st.lists(st.tuples(WORDS, st.booleans(), WORDS), max_size=6),
    st.lists(WORDS, max_size=2),
    st.lists(WORDS, max_size=4),
)
def test_any_package_is_examined(
    kind: PatentType | None,
    claims: list[tuple[int | None, str]],
    paragraphs: list[tuple[str, bool, str]],
    abstract: list[str],
    figures: list[str],
) -> None:
    checked = Package(
        parts=U.parts,
        patent_type=kind,
        claims=tuple(Claim(number, text) for number, text in claims),
        description=tuple(Paragraph(text, "", section, heading) for text, heading, section in paragraphs),
        abstract=tuple(abstract),
        figures=tuple(figures),
    )
    for one in examine(checked):
        assert one.rule in RULES
        if one.place.unit >= 0:
            unit = checked.text(one.place.code)[one.place.unit]
            assert one.place.end <= len(unit)
    claims_graph(checked)


@pytest.mark.parametrize(
    "grown",
    [
        lambda n: replace(U, claims=numbered(DEVICE, *["前述权利要求之一所述的装置，其中，设有盖板（2）。"] * n)),
        lambda n: replace(U, claims=numbered(DEVICE + "壳体（1）盖板（1）" * n)),
        lambda n: adding(U, "附图标记：" + "1、壳体；" * n),
        lambda n: adding(U, "如图9所示" * n, "图1-999" * n, section="附图说明"),
        lambda n: adding(U, *(f"{at}所述壳体与" for at in range(n))),
        lambda n: adding(U, "盖板1" * n + " " * n + "。" * n),
        lambda n: replace(U, abstract=("散" * n,), title="散热" * n),
    ],
)  # fmt: skip
def test_large_packages_come_to_an_end(grown: Callable[[int], Package]) -> None:
    assert len(examine(grown(2000))) < 4100
