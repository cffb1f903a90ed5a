"""One document at a time: the ugly ways in which claims, descriptions and requests are written."""

from __future__ import annotations

import pytest

from desktop.core.package import Claim, Paragraph
from desktop.exchange.package_guard import BrokenPart, Budget, PackageLimits, Unreadable
from desktop.exchange.package_markup import Node, decode, lines, parse
from desktop.exchange.package_request import read_biblio
from desktop.exchange.package_texts import read_abstract, read_claims, read_description, read_figures


def tree(body: str | bytes, limits: PackageLimits | None = None) -> Node:
    data = body.encode() if isinstance(body, str) else body
    return parse(data, Budget(limits or PackageLimits()))


def claims(body: str) -> list[tuple[int | None, str]]:
    return [(claim.number, claim.text) for claim in read_claims(tree(body))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<claims><claim num='0001'><claim-text>一种阀。</claim-text></claim></claims>", [(1, "一种阀。")]),
        ("<c:claims><c:claim num='2'>2. 根据权利要求1。</c:claim></c:claims>", [(2, "根据权利要求1。")]),
        ("<claims><claim num='3'>2. 根据权利要求1。</claim></claims>", [(3, "2. 根据权利要求1。")]),
        ("<claims><claim num='一'>一种阀。</claim></claims>", [(None, "一种阀。")]),
        ("<claims><claim num='1a'>1. 一种阀。</claim></claims>", [(None, "1. 一种阀。")]),
        ("<claims><claim>1、一种阀。</claim><claim>２．根据</claim></claims>", [(1, "一种阀。"), (2, "根据")]),
        ("<claims><claim>一种阀。</claim><claim>另一种。</claim></claims>", [(None, "一种阀。"), (None, "另一种。")]),
        ("<claims><claim>1.5毫米厚的板。</claim><claim/></claims>", [(None, "1.5毫米厚的板。")]),
        ("<claims><claim num='1'/><claim num='2'>乙。</claim></claims>", [(1, ""), (2, "乙。")]),
        (
            "<权利要求书><权利要求 顺序='1'>一种阀，<br/>包括阀体。</权利要求></权利要求书>",
            [(1, "一种阀，\n包括阀体。")],
        ),
        (
            "<权利要求书><段落>1. 甲，</段落><段落>包括乙。</段落><段落>2．丙。</段落></权利要求书>",
            [(1, "甲，\n包括乙。"), (2, "丙。")],
        ),
        (
            "<权利要求书><权利要求><段落>1. 甲。</段落><段落>2. 乙。</段落></权利要求></权利要求书>",
            [(1, "甲。"), (2, "乙。")],
        ),
        ("<权利要求书>没有编号的一项。</权利要求书>", [(None, "没有编号的一项。")]),
        (
            "<权利要求书><权项><权利要求序号>1</权利要求序号><文本>一种</文本><文本>阀。</文本></权项></权利要求书>",
            [(1, "一种阀。")],
        ),
        (
            "<claims><claim num='1'>含H<sub>2</sub>O和10<sup>3</sup>个<b>孔</b>，SO4<sup>2-</sup>，10<sup>5</sup>。"
            "</claim></claims>",
            [(1, "含H2O和10³个孔，SO4^(2-)，10^5。")],
        ),
        (
            "<claims><claim num='2'>如<claim-ref idref='1'>权利要求1</claim-ref>所述。</claim></claims>",
            [(2, "如权利要求1所述。")],
        ),
        (
            "<claims><claim num='1'>一种阀，\n      包括阀体\n   和 DN 50\n  pipe。</claim></claims>",
            [(1, "一种阀，包括阀体和 DN 50 pipe。")],
        ),
        ("<claims><title>权利要求书</title><claim num='1'>甲。</claim></claims>", [(1, "甲。")]),
        ("<claims/>", []),
    ],
)
def test_claims(body: str, expected: list[tuple[int | None, str]]) -> None:
    assert claims(body) == expected


def test_a_claim_keeps_its_steps_apart() -> None:
    steps = "<claim-text>1）称量；</claim-text><claim-text>2）混合。</claim-text>"
    body = f"<claims><claim num='1'><claim-text>一种方法：{steps}</claim-text></claim></claims>"
    assert read_claims(tree(body)) == (Claim(1, "一种方法：\n1）称量；\n2）混合。"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x<sub>1</sub>2", "x_(1)2"),
        ("x<sub>12</sub>", "x12"),
        ("x<b><sub>i</sub></b>j", "x_(i)j"),
        ("x<sub>ij</sub>", "xij"),
        ("10<sub>2</sub>", "10_2"),
        ("10<sub>16</sub>进制", "10_(16)进制"),
        ("C<sub>n</sub>H<sub>2n+2</sub>O", "C_(n)H_(2n+2)O"),
        ("H<sub>2</sub>O、CO<sub>2</sub>和T<下标>max</下标>阀", "H2O、CO2和Tmax阀"),
        ("x<sub>1</sub><sup>2</sup>", "x1²"),
        ("x<sub/>2", "x2"),
        ("A=<img file='图/公式1.TIF' he='3'/>，B", "A=〔图：公式1.TIF〕，B"),
        ("A=<maths num='1'><img file='b.jpg'/></maths>。", "A=〔图：b.jpg〕。"),
        ("A=<图片>c.png</图片>和<图像 文件='图1(权利要求2).tif'/>", "A=〔图：c.png〕和〔图：圖1﹝權利要求2﹞.tif〕"),
    ],
)
def test_what_a_claim_says_in_other_ways_than_letters(text: str, expected: str) -> None:
    assert claims(f"<claims><claim num='1'>{text}</claim></claims>") == [(1, expected)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<claims><claim id='cl0001'>甲。</claim><claim id='clm-0002'>乙。</claim></claims>",
         [(1, "甲。"), (2, "乙。")]),
        ("<claims><claim id='cl0001'><claim-text>甲。</claim-text></claim></claims>", [(1, "甲。")]),
        ("<claims><claim id='cl0009'>1. 甲。</claim><claim id='cl0001' num='3'>乙。</claim></claims>",
         [(1, "甲。"), (3, "乙。")]),
        ("<claims><claim id='a1'>甲。</claim><claim id='cl'>乙。</claim></claims>", [(None, "甲。"), (None, "乙。")]),
    ],
)  # fmt: skip
def test_claims_numbered_by_their_ids(body: str, expected: list[tuple[int | None, str]]) -> None:
    assert claims(body) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            (
                "1、一种方法，包括：",
                "1、采集；",
                "2、控制。",
                "2、根据权利要求1所述的方法，包括：",
                "1、停。",
                "3、一种泵。",
            ),
            [
                (1, "一种方法，包括：\n1、采集；\n2、控制。"),
                (2, "根据权利要求1所述的方法，包括：\n1、停。"),
                (3, "一种泵。"),
            ],
        ),
        (("1. 一种泵。", "3. 如权利要求1所述的泵。"), [(1, "一种泵。"), (3, "如权利要求1所述的泵。")]),
        (("1. 一种泵。", "1. 一种阀。"), [(1, "一种泵。"), (1, "一种阀。")]),
        (("1. 泵。", "7. 甲；", "8. 乙。", "2. 阀。"), [(1, "泵。\n7. 甲；\n8. 乙。"), (2, "阀。")]),
    ],
)
def test_steps_among_lines_are_no_claims(said: tuple[str, ...], expected: list[tuple[int, str]]) -> None:
    assert claims(f"<权利要求书>{''.join(f'<段落>{one}</段落>' for one in said)}</权利要求书>") == expected


def test_pictures_of_figures_and_description() -> None:
    one = "<d><figure num='1'><img file='x/a.tif'/></figure><figure num='2'><img file='b.tif'/></figure></d>"
    assert read_figures(tree(one)) == {"图1": "a.tif", "图2": "b.tif"}
    beside = "<d><p>图1</p><img file='a.tif'/><p>图2</p><img file='b.tif'/></d>"
    assert read_figures(tree(beside)) == {"图1": "a.tif", "图2": "b.tif"}
    said = "<description><p num='1'>式<img file='a.tif'/>中。</p><img file='b.tif'/></description>"
    assert description(said)[1] == [Paragraph("式〔图：a.tif〕中。", "1"), Paragraph("〔图：b.tif〕")]


def description(body: str) -> tuple[str, list[Paragraph]]:
    found = read_description(tree(body))
    return found.title, found.paragraphs


FIELD = Paragraph("技术领域", "", "技术领域", heading=True)
TEXT = Paragraph("本发明涉及一种阀。", "0001", "技术领域")


@pytest.mark.parametrize(
    "body",
    [
        "<description><invention-title>一种阀</invention-title><technical-field>"
        "<p num='0001'>本发明涉及一种阀。</p></technical-field></description>",
        "<description><invention-title>一种阀</invention-title><heading>技术领域</heading>"
        "<p num='[0001]'>本发明涉及一种阀。</p></description>",
        "<说明书><段落>一种阀</段落><段落>技术领域</段落><段落>[0001] 本发明涉及一种阀。</段落></说明书>",
        "<说明书><标题>说明书</标题><标题>一种阀</标题><技术领域/><段落>【0001】本发明涉及一种阀。</段落></说明书>",
        "<说明书><名称><实用新型名称>一种阀</实用新型名称></名称><正文><技术领域><标题>技术领域</标题>"
        "<段落 段号='0001'>"
        "<内容>本发明涉及</内容><内容>一种阀。</内容></段落></技术领域></正文></说明书>",
        "<说明书>说明书<br/>一种阀<br/>技术领域<br/>[0001]本发明涉及一种阀。</说明书>",
        "<description><p>一种阀</p><technical-field>技术领域<br/>[0001]本发明涉及一种阀。</technical-field></description>",
    ],
)
def test_the_same_description(body: str) -> None:
    assert description(body) == ("一种阀", [FIELD, TEXT])


@pytest.mark.parametrize(
    "heading", ["【技术领域】", "[技术领域]", "一、技术领域", "1. 技术领域", "技术领域：", "第一部分 技术领域"]
)
def test_headings_with_ornaments_open_a_section(heading: str) -> None:
    _, found = description(f"<description><p>{heading}</p><p>本发明涉及一种阀。</p></description>")
    assert found == [Paragraph(heading, "", "技术领域", heading=True), Paragraph("本发明涉及一种阀。", "", "技术领域")]


def test_a_heading_of_another_kind_stays_in_its_section() -> None:
    body = "<d><p>具体实施方式</p><heading>实施例1</heading><p>先称量，再混合。</p></d>"
    assert [(one.text, one.section, one.heading) for one in description(body)[1]] == [
        ("具体实施方式", "具体实施方式", True),
        ("实施例1", "具体实施方式", True),
        ("先称量，再混合。", "具体实施方式", False),
    ]


@pytest.mark.parametrize("first", ["本发明涉及一种阀。", "技术领域"])
def test_a_sentence_or_a_section_is_no_title(first: str) -> None:
    assert description(f"<d><p>{first}</p><p>阀体与阀芯之间设有密封圈。</p></d>")[0] == ""


def test_tables_and_loose_markup_are_kept() -> None:
    body = (
        "<d><技术领域><p>见下表：<table><row><entry>温度</entry><entry>压力</entry></row><row><entry>20</entry><entry>0.1</entry></row></table></p>"
        "<b>注意</b><i>事项</i></技术领域></d>"
    )
    assert [one.text for one in description(body)[1]] == ["技术领域", "见下表：\n温度 压力\n20 0.1", "注意事项"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<abstract><p>甲。</p><p>乙。</p></abstract>", ("甲。", "乙。")),
        ("<说明书摘要><摘要>甲。</摘要><摘要附图>图1</摘要附图></说明书摘要>", ("甲。",)),
        ("<摘要>甲<b>乙</b>。</摘要>", ("甲乙。",)),
        (
            "<说明书摘要><标题>摘要</标题><段落><文本>本发明公</文本><文本>开了一种阀。</文本></段落></说明书摘要>",
            ("本发明公开了一种阀。",),
        ),
        ("<abstract><invention-title>一种阀</invention-title><p>甲。</p></abstract>", ("甲。",)),
        ("<abstract/>", ()),
    ],
)
def test_abstract(body: str, expected: tuple[str, ...]) -> None:
    assert read_abstract(tree(body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<drawings><figure num='0001'/><figure num='2'/></drawings>", ("图1", "图2")),
        ("<drawings><figure num='1' figure-labels='图1A'><img file='图9.jpg'/></figure></drawings>", ("图1A",)),
        ("<drawings><figure figure-labels='FIG. 3'/><figure figure-labels='Fig.4(a)'/></drawings>", ("图3", "图4(a)")),
        ("<附图><图><图名>图 1</图名></图><图><图号>2</图号></图></附图>", ("图1", "图2")),
        ("<说明书附图><附图><图片>a.jpg</图片><图号>图（一）</图号><编号>3</编号></附图></说明书附图>", ("图3",)),
        ("<说明书附图><段落>图1</段落><段落>图2b</段落><段落>图1</段落></说明书附图>", ("图1", "图2b")),
        ("<drawings><figure figure-labels='图1、图2'/></drawings>", ("图1", "图2")),
        ("<drawings><figure><img file='a.tif'/></figure></drawings>", ()),
    ],
)
def test_figures(body: str, expected: tuple[str, ...]) -> None:
    assert tuple(read_figures(tree(body))) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *(
            (word, True)
            for word in ("1", "是", "true", "Y", "yes", "√", "☑", "[√]", " 同意 ", "TRUE", "请求早日公布该专利申请")
        ),
        *((word, False) for word in ("0", "否", "false", "N", "no", "□", "未勾选", "不请求早日公布该专利申请")),
        *((word, None) for word in ("", "null", "None", "N/A", "-", "2026-01-04", "另行说明")),
    ],
)
def test_ticks(word: str, expected: bool | None) -> None:
    found = read_biblio(tree(f"<r><提前公开><请求早日公布该专利申请>{word}</请求早日公布该专利申请></提前公开></r>"))
    assert found.early_publication is expected
    assert read_biblio(tree(f"<r><early-publication>{word}</early-publication></r>")).early_publication is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<early-publication value='1'/>", True),
        ("<early-publication value='0'>请求早日公布</early-publication>", False),
        ("<提前公布><日期>1</日期><是否请求>1</是否请求></提前公布>", True),
        ("<提前公布><日期>1</日期></提前公布>", None),
        ("<其他/>", None),
    ],
)
def test_ticks_in_other_places(body: str, expected: bool | None) -> None:
    assert read_biblio(tree(f"<r>{body}</r>")).early_publication is expected


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<申请人>甲公司；乙公司;丙大学</申请人>", ("甲公司", "乙公司", "丙大学")),
        ("<申请人>甲公司</申请人><申请人>乙公司</申请人><申请人>甲公司</申请人>", ("甲公司", "乙公司")),
        (
            "<申请人><第一申请人><姓名或名称>甲公司</姓名或名称></第一申请人><第二申请人><名称>null</名称></第二申请人></申请人>",
            ("甲公司",),
        ),
        (
            "<applicants><applicant><addressbook><orgname>甲</orgname><address><name>x</name></address></addressbook></applicant></applicants>",
            ("甲",),
        ),
        (
            "<applicant><addressbook><last-name>张</last-name><first-name>三</first-name></addressbook></applicant>",
            ("张三",),
        ),
        ("<申请人>甲公司<国籍>中国</国籍></申请人>", ("甲公司",)),
        ("<第一申请人>甲公司</第一申请人><申请人2>乙公司</申请人2><申请人类型>企业</申请人类型>", ("甲公司", "乙公司")),
        ("<申请人><姓名>张三</姓名><英文姓名>Zhang San</英文姓名><代码>1</代码><国家/></申请人>", ("张三",)),
        ("<优先权><申请人>旧公司</申请人></优先权><联系人><姓名>李四</姓名></联系人>", ()),
        ("<申请人>Foo Co., Ltd.</申请人>", ("Foo Co., Ltd.",)),
    ],
)
def test_applicants(body: str, names: tuple[str, ...]) -> None:
    assert read_biblio(tree(f"<r>{body}</r>")).applicants == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<发明人>张三、李四，王五 赵六</发明人>", ("张三", "李四", "王五", "赵六")),
        ("<发明人>张三  李四</发明人>", ("张三", "李四")),
        ("<设计人><姓名>张 三</姓名></设计人>", ("张 三",)),
        ("<inventor>Maria Keller</inventor>", ("Maria Keller",)),
        (
            "<发明人><发明人一><姓名>张三</姓名></发明人一><发明人二><姓名>李四</姓名></发明人二></发明人>",
            ("张三", "李四"),
        ),
    ],
)
def test_inventors(body: str, names: tuple[str, ...]) -> None:
    assert read_biblio(tree(f"<r>{body}</r>")).inventors == names


def test_agency_and_agents_in_one_another() -> None:
    body = (
        "<专利代理机构><名称>泉城所</名称><机构代码>37218</机构代码><第一代理人><姓名>王梅</姓名><电话>123</电话></第一代理人>"
        "<专利代理师><姓名>李兰</姓名><资格证号>1</资格证号></专利代理师></专利代理机构>"
    )
    found = read_biblio(tree(f"<r>{body}</r>"))
    assert (found.agency, found.agency_code, found.agents) == ("泉城所", "37218", ("王梅", "李兰"))


def test_further_fields() -> None:
    body = (
        "<申请人><证件><统一社会信用代码>9137 0100ma3c0xyz1t</统一社会信用代码></证件></申请人><指定摘要附图 num='3'/>"
        "<申请人或代理机构内部编号> A-1 </申请人或代理机构内部编号>"
        "<标题><发明名称>一种\n    阀</发明名称></标题><title>发明专利请求书</title>"
    )
    found = read_biblio(tree(f"<r>{body}</r>"))
    assert (found.uscc, found.abstract_figure, found.internal_number) == ("91370100MA3C0XYZ1T", "图3", "A-1")
    assert found.title == "一种阀"


LONG = "本发明涉及一种阀，阀体与阀芯之间设有密封圈。"


@pytest.mark.parametrize("actual", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("declared", ["", "UTF-8", "utf8", "GBK", "GB2312", "gb18030", "x-gbk", "ISO-8859-1", "UTF-16"])
def test_any_declaration_over_any_encoding(actual: str, declared: str) -> None:
    says = f' encoding="{declared}"' if declared else ""
    data = f'<?xml version="1.0"{says}?><摘要>{LONG}</摘要>'.encode(actual)
    assert read_abstract(tree(data)) == (LONG,)


def test_other_encodings() -> None:
    assert read_abstract(tree(f"<摘要>{LONG}</摘要>".encode("utf-16-le"))) == (LONG,)
    assert read_abstract(tree(f"<摘要>{LONG}</摘要>".encode("utf-16-be"))) == (LONG,)
    assert read_abstract(tree(f"\ufeff\n  <摘要>{LONG}</摘要>".encode())) == (LONG,)
    # Two bytes that are a letter in UTF-8 and a character in GBK: too little to speak against the declaration.
    either = "\u0576".encode()
    assert decode(b'<?xml version="1.0" encoding="GBK"?><a>' + either + b"</a>").endswith(f"{either.decode('gbk')}</a>")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "klingon"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff\xff</a>', "编码有误"),
        (b"\xff\xfe<", "编码有误"),
        (b"<a><b></a>", "第 1 行"),
        (b"<a>\n\n<b></a>", "第 3 行"),
        (b"", "空的"),
        (b" \r\n", "空的"),
        (b"just words", "语法错误"),
        (b"<a>\x01</a>", "语法错误"),
        ("<a>\ud800</a>".encode("utf-16-le", "surrogatepass"), "语法错误"),
        (b"<!DOCTYPE a><a/>", "实体"),
        (b'<!DOCTYPE a SYSTEM "http://x/y.dtd"><a/>', "实体"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "实体"),
        (b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///planted">%p;]><a/>', "实体"),
        ('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'.encode("utf-16"), "实体"),
        (b"<a>&undeclared;</a>", "语法错误"),
    ],
)
def test_refused_documents(data: bytes, word: str) -> None:
    with pytest.raises(BrokenPart) as no:
        tree(data)
    assert word in no.value.problem
    assert no.value.problem.endswith("。")


def test_bounds_of_a_document_with_controls() -> None:
    deep = "<a>" * 50 + "</a>" * 50
    wide = "<a>" + "<b/>" * 99 + "</a>"
    for body, good, bad in (
        (deep, PackageLimits(xml_depth=50), PackageLimits(xml_depth=49)),
        (wide, PackageLimits(xml_elements=100), PackageLimits(xml_elements=99)),
        (wide, PackageLimits(xml_bytes=len(wide)), PackageLimits(xml_bytes=len(wide) - 1)),
    ):
        assert tree(body, good).tag == "a"
        with pytest.raises(BrokenPart):
            tree(body, bad)


def test_the_clock_is_asked_within_a_document() -> None:
    body = "<a>" + "<b/>" * 5_000 + "</a>"
    assert tree(body).tag == "a"
    with pytest.raises(Unreadable) as no:
        tree(body, PackageLimits(seconds=-1))
    assert no.value.code == "timeout"


def test_prefixes_that_nobody_declared() -> None:
    assert lines(tree("<cn:a><x:p>甲。</x:p></cn:a>")) == ["甲。"]
