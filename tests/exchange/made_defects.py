"""The made-up packages: clean ones, and ones with seeded defects, each with what is to be read and found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from desktop.core.package import ABSTRACT, CLAIMS, COMMITMENT, DESCRIPTION, DRAWINGS, EXAMINATION_REQUEST
from desktop.core.terms import PatentType
from tests.exchange.made_applications import BRACKET, COATING, LAMP, LOAD, VALVE, Application
from tests.exchange.made_packages import (
    COMMITMENT_FILE,
    DEEP,
    FLAT,
    NAMESPACED,
    SHAPES,
    documents,
    encoded,
    files,
    nested,
    request_code,
    zipped,
)

Change = Callable[[Application], Application]
CONTAINERS = ("folder", "zip", "gbk", "nested")
NAMINGS = ("{0}.xml", "{0}/{0}.XML", "CN-{0}-2026.xml", "案件_{0}_{1}.xml")


@dataclass(frozen=True)
class Made:
    """``findings`` are names of rules beside the commitment's; ``others`` (code, readable) of the extra files by path;
    ``shapes`` by code where the package is mixed."""

    name: str
    app: Application
    findings: frozenset[str]
    shape: str = NAMESPACED
    container: str = "zip"
    naming: str = NAMINGS[0]
    shapes: Mapping[str, str] = field(default_factory=dict)
    commitment: bool = True
    others: Mapping[str, tuple[str, bool]] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, bytes]:
        found = files(self.app, self.shape, self.naming, self.shapes)
        return found if self.commitment else {name: one for name, one in found.items() if name not in COMMITMENT_FILE}

    @property
    def rules(self) -> frozenset[str]:
        return self.findings | ({"commitment"} if self.commitment else set())

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """(code, readable) of every file, sorted."""
        app = self.app
        found = [(code, code not in app.replaced) for code in documents(app, self.shape)]
        if DRAWINGS not in app.left_out:
            found += [(DRAWINGS, True)] * len(app.figures)
        if app.kind is PatentType.DESIGN:
            found += [("views", True)] * 3 + [("brief", True)]
        if self.commitment:
            found.append((COMMITMENT, True))
        return sorted([*found, *self.others.values()])

    @property
    def archive(self) -> bytes:
        content = self.files
        if self.container == "nested":
            return nested(content)
        return zipped(content, gbk=self.container == "gbk", top="案卷 2026/" if self.container == "gbk" else "")


def claim(position: int, old: str, new: str) -> Change:
    def change(app: Application) -> Application:
        number, text = app.claims[position - 1]
        assert old in text, (old, text)
        made = (number, text.replace(old, new))
        return replace(app, claims=(*app.claims[: position - 1], made, *app.claims[position:]))

    return change


def added_claim(number: int, text: str) -> Change:
    return lambda app: replace(app, claims=(*app.claims, (number, text)))


def numbered(position: int, number: int | str | None) -> Change:
    def change(app: Application) -> Application:
        made = (number, app.claims[position - 1][1])
        return replace(app, claims=(*app.claims[: position - 1], made, *app.claims[position:]))

    return change


def text(old: str, new: str) -> Change:
    """Everywhere in the description."""

    def change(app: Application) -> Application:
        assert any(old in one for _, texts in app.sections for one in texts), old
        return replace(app, sections=tuple((h, tuple(one.replace(old, new) for one in ts)) for h, ts in app.sections))

    return change


def added(paragraph: str, heading: str = "具体实施方式") -> Change:
    return lambda app: replace(
        app, sections=tuple((h, (*texts, paragraph) if h == heading else texts) for h, texts in app.sections)
    )


def repeated(app: Application) -> Application:
    return added(app.sections[-1][1][1])(app)


def field_says(sentence: str) -> Change:
    return lambda app: replace(app, sections=(("技术领域", (sentence,)), *app.sections[1:]))


def without_section(heading: str) -> Change:
    return lambda app: replace(app, sections=tuple(one for one in app.sections if one[0] != heading))


def having(**values: object) -> Change:
    return lambda app: replace(app, **values)  # type: ignore[arg-type]


def figures_jump(last: str, to: str) -> Change:
    def change(app: Application) -> Application:
        return replace(text(last, to)(app), figures=(*app.figures[:-1], to))

    return change


def long_abstract(app: Application) -> Application:
    return replace(app, abstract=(*app.abstract, "该方案结构简单，便于实施，能够明显地降低使用成本并提高可靠性。" * 10))


NO_EXAMINATION = having(left_out=frozenset({EXAMINATION_REQUEST}))
ENTITY_XML = b"<!DOCTYPE a [<!ENTITY e 'x'>]><abstract><p>&e;</p></abstract>"
UNKNOWN_XML = encoded("<其他文件><内容>代码表里没有的文件。</内容></其他文件>", "UTF-8")

#: (rule, application, change); every change is one cause.
DEFECTS: tuple[tuple[str, Application, Change], ...] = (
    ("claim_numbering", VALVE, numbered(6, 8)),
    ("claim_numbering", BRACKET, numbered(5, 4)),
    ("claim_numbering", COATING, numbered(5, None)),
    ("claim_reference_missing", VALVE, claim(6, "权利要求5", "权利要求9")),
    ("claim_reference_missing", COATING, claim(5, "权利要求1", "权利要求12")),
    ("claim_reference_missing", BRACKET, claim(4, "权利要求3", "权利要求7")),
    ("claim_reference_order", VALVE, claim(2, "权利要求1", "权利要求5")),
    ("claim_reference_order", COATING, claim(2, "权利要求1", "权利要求3")),
    ("claim_reference_order", LOAD, claim(3, "权利要求1", "权利要求3")),
    ("claim_alternative", VALVE, claim(4, "权利要求1至3中任一项", "权利要求1、2和3")),
    ("claim_alternative", COATING, claim(4, "2或3", "2和3")),
    ("claim_alternative", BRACKET, claim(5, "1或2", "1和2")),
    ("claim_multiple", VALVE, claim(5, "权利要求1所述", "权利要求2或4所述")),
    ("claim_multiple", COATING, claim(5, "权利要求1所述", "权利要求3或4所述")),
    ("claim_multiple", BRACKET, added_claim(6, "根据权利要求1至5中任一项所述的电缆支架，其特征在于，"
                                               "所述立柱（20）涂有防锈漆。")),
    ("claim_subject", VALVE, claim(6, "所述的多通道流体分配装置", "所述的流体分配方法")),
    ("claim_subject", COATING, claim(5, "所述的制备方法", "所述的喷涂设备")),
    ("claim_subject", LOAD, claim(6, "所述的配电网负荷预测系统", "所述的配电网负荷预测方法")),
    ("type_words", VALVE, text("本发明只用一个转阀", "本实用新型只用一个转阀")),
    ("type_words", BRACKET, text("本实用新型的目的是提供", "本发明的目的是提供")),
    ("type_words", LOAD, having(abstract=("本实用新型公开了一种配电网负荷预测方法及系统，能够给出可靠的预测结果。",))),
    ("technical_field", VALVE, field_says("本发明涉及建筑材料的生产，尤其涉及混凝土外加剂的制造工艺。")),
    ("technical_field", COATING, field_says("本发明属于纺织机械制造行业，具体是关于络筒机张力控制的改进。")),
    ("technical_field", BRACKET, field_says("本实用新型涉及畜牧养殖器具，尤其是用于猪舍的自动喂料槽。")),
    ("paragraph_repeated", VALVE, repeated),
    ("paragraph_repeated", COATING, repeated),
    ("paragraph_repeated", LOAD, repeated),
    ("paragraph_fragment", VALVE, added("转阀在转动时与")),
    ("paragraph_fragment", COATING, added("随后把涂层放入")),
    ("paragraph_fragment", BRACKET, added("立柱向底座的一侧")),
    ("title_differs", VALVE, having(written_title="一种多通道流体分配阀")),
    ("title_differs", COATING, having(written_title="一种耐高温陶瓷涂层及其制备方法")),
    ("title_differs", BRACKET, having(written_title="可折叠电缆支架")),
    ("abstract_length", VALVE, long_abstract),
    ("abstract_length", COATING, long_abstract),
    ("abstract_length", BRACKET, long_abstract),
    ("abstract_figure", VALVE, having(abstract_figure="")),
    ("abstract_figure", BRACKET, having(abstract_figure="")),
    ("abstract_figure", LOAD, having(abstract_figure="")),
    ("mark_missing", VALVE, claim(6, "编码器（7）", "编码器（7）和限位块（9）")),
    ("mark_missing", BRACKET, claim(3, "多个卡槽（21）", "多个卡槽（21）和刻度尺（22）")),
    ("mark_missing", LOAD, claim(6, "的显示模块", "的显示模块（205）")),
    ("mark_conflict", VALVE, text("7、编码器", "2、编码器")),
    ("mark_conflict", BRACKET, text("31-挂钩", "30-挂钩")),
    ("mark_conflict", VALVE, claim(3, "所述密封圈（6）", "所述密封圈（5）")),
    ("figure_missing", VALVE, added("如图7所示，在另一个实施例中，壳体的外侧还设有散热片，用于降低电机的温度。")),
    ("figure_missing", BRACKET, added("参见图5，立柱也可以由两节套管组成，两节套管之间用螺栓锁紧。")),
    ("figure_missing", LOAD, added("如图4所示，预测模型的训练包括划分样本、更新参数和验证误差三个阶段。")),
    ("figure_undescribed", VALVE, having(figures=("图1", "图2", "图3", "图4"))),
    ("figure_undescribed", BRACKET, having(figures=("图1", "图2", "图3"))),
    ("figure_undescribed", LOAD, having(figures=("图1", "图2", "图3", "图4"))),
    ("figure_numbering", VALVE, figures_jump("图3", "图4")),
    ("figure_numbering", BRACKET, figures_jump("图2", "图3")),
    ("figure_numbering", LOAD, figures_jump("图3", "图5")),
    ("early_publication", VALVE, having(early_publication=False)),
    ("early_publication", COATING, having(early_publication=None)),
    ("early_publication", LOAD, having(early_publication=False)),
    ("examination_request", VALVE, NO_EXAMINATION),
    ("examination_request", COATING, NO_EXAMINATION),
    ("examination_request", LOAD, NO_EXAMINATION),
    ("amendment_waiver", VALVE, having(waives_amendment=False)),
    ("amendment_waiver", COATING, having(waives_amendment=None)),
    ("same_day", VALVE, having(same_day=True)),
    ("same_day", BRACKET, having(same_day=True)),
    ("same_day", LOAD, having(same_day=True)),
    ("part_missing", VALVE, having(left_out=frozenset({ABSTRACT}))),
    ("part_missing", COATING, having(left_out=frozenset({CLAIMS}))),
    ("part_missing", BRACKET, having(left_out=frozenset({DRAWINGS}), figures=(), abstract_figure="")),
    ("part_broken", VALVE, having(replaced={CLAIMS: b"<claims><claim num='1'>"})),
    ("part_broken", BRACKET, having(replaced={ABSTRACT: ENTITY_XML})),
    ("part_broken", COATING, having(replaced={DESCRIPTION: b'<?xml version="1.0" encoding="klingon"?><description/>'})),
    ("request_incomplete", VALVE, having(agents=())),
    ("request_incomplete", BRACKET, having(inventors=())),
    ("section_missing", COATING, without_section("背景技术")),
    ("section_missing", LOAD, without_section("发明内容")),
    ("description_cites_claims", VALVE, added("如权利要求1所述的装置，在另一个实施例中还可以设有两个并列的转阀。")),
    ("description_cites_claims", COATING, added("如权利要求2所述，粉末的粒径也可以根据喷涂设备的要求另行选定。")),
    ("claim_cites_figure", VALVE, claim(6, "其特征在于，", "其特征在于，如图3所示，")),
    ("claim_cites_figure", LOAD, claim(3, "网络。", "网络，其结构如图2所示。")),
)  # fmt: skip


def _single(at: int, rule: str, app: Application, change: Change) -> Made:
    return Made(
        f"{at:02} {rule} {app.main_class}",
        change(app),
        frozenset({rule}),
        SHAPES[at % 3],
        CONTAINERS[at % 4],
        NAMINGS[at // 2 % 4],
    )


def _several(name: str, app: Application, changes: dict[str, Change], **more: object) -> Made:
    made = reduce(lambda so_far, change: change(so_far), changes.values(), app)
    return Made(name, made, frozenset(changes), **more)  # type: ignore[arg-type]


def _clean() -> list[Made]:
    apps = (VALVE, COATING, BRACKET, LOAD, LAMP)
    return [
        Made(
            f"clean {app.main_class} {shape}",
            app,
            frozenset(),
            shape,
            CONTAINERS[(a + s) % 4],
            NAMINGS[(a + 2 * s) % 4],
        )
        for a, app in enumerate(apps)
        for s, shape in enumerate(SHAPES)
    ]


MIXED = [
    Made("mixed shapes", VALVE, frozenset(), DEEP, shapes={CLAIMS: NAMESPACED, DESCRIPTION: FLAT, DRAWINGS: FLAT}),
    Made("mixed shapes again", LOAD, frozenset(), NAMESPACED, shapes={request_code(LOAD.kind): FLAT, ABSTRACT: DEEP}),
    Made("names in Chinese alone", BRACKET, frozenset(), FLAT, "gbk", "{1}.xml"),
    Made("roots alone", COATING, frozenset(), FLAT, "folder", "文件{1}/document.xml"),
    Made("no commitment", COATING, frozenset({"part_missing"}), DEEP, commitment=False),
    *(
        _several(
            f"unknown code {path}",
            replace(app, extra={path: UNKNOWN_XML}),
            {"unknown_code": lambda same: same},
            shape=shape,
            others={path: (code, True)},
        )
        for app, path, code, shape in (
            (VALVE, "100099.xml", "100099", FLAT),
            (BRACKET, "CN-110999-2026.xml", "110999", DEEP),
            (COATING, "其他/XJ_209901_附.XML", "209901", NAMESPACED),
        )
    ),
    _several(
        "claims in disorder",
        VALVE,
        {
            "claim_reference_missing": claim(6, "权利要求5", "权利要求11"),
            "claim_alternative": claim(4, "权利要求1至3中任一项", "权利要求2与3"),
            "claim_reference_order": claim(2, "权利要求1", "权利要求5"),
        },
        shape=DEEP,
        container="nested",
    ),
    _several(
        "a hasty draft",
        BRACKET,
        {
            "title_differs": having(written_title="一种电缆支架"),
            "type_words": text("采用上述结构后", "采用上述结构后，本发明的"),
            "paragraph_repeated": repeated,
            "paragraph_fragment": added("托臂的高度可以"),
            "figure_missing": added("参见图6，托臂也可以做成弧形，以便贴合大直径的电缆。"),
            "same_day": having(same_day=True),
        },
        shape=FLAT,
        container="gbk",
    ),
    _several(
        "nothing ticked",
        LOAD,
        {
            "early_publication": having(early_publication=False),
            "examination_request": NO_EXAMINATION,
            "abstract_figure": having(abstract_figure=""),
        },
        shape=DEEP,
    ),
    _several(
        "design without inventor",
        LAMP,
        {"request_incomplete": having(inventors=())},
        shape=FLAT,
        container="folder",
    ),
]  # fmt: skip
PACKAGES: tuple[Made, ...] = (*_clean(), *(_single(at, *one) for at, one in enumerate(DEFECTS)), *MIXED)
