"""Whole packages: every made one is read exactly, as a folder and as any kind of ZIP."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.package import CLAIMS, DESCRIPTION, DRAWINGS, EXAMINATION_REQUEST, Package
from desktop.core.terms import PatentType
from desktop.exchange.packages import Unreadable, original, pack_folder, read_package, read_package_bytes
from tests.exchange.made_applications import BRACKET, COATING, LOAD, VALVE
from tests.exchange.made_defects import PACKAGES, Made
from tests.exchange.made_packages import (
    DEEP,
    FLAT,
    NAMESPACED,
    biblio_of,
    documents,
    encoded,
    files,
    nested,
    write_folder,
    zipped,
)


def read(made: Made, folder: Path) -> Package:
    if made.container == "folder":
        return read_package(write_folder(folder / "案卷", made.files))
    path = folder / "案卷.zip"
    path.write_bytes(made.archive)
    return read_package(path)


@pytest.mark.parametrize("made", PACKAGES, ids=[made.name for made in PACKAGES])
def test_a_package_is_read_as_it_was_written(made: Made, tmp_path: Path) -> None:
    app, found = made.app, read(made, tmp_path)
    assert sorted((part.code, part.ok) for part in found.parts) == made.parts
    assert found.patent_type is app.kind
    assert found.biblio == biblio_of(app)
    assert found.notes == ()
    if CLAIMS in app.replaced or CLAIMS in app.left_out:
        assert found.claims == ()
    else:
        numbers = [number if isinstance(number, int) else None for number, _ in app.claims]
        assert [claim.number for claim in found.claims] == numbers
        assert [claim.text for claim in found.claims] == [text for _, text in app.claims]
    if DESCRIPTION in app.replaced:
        assert found.title == ""
        assert found.description == ()
    else:
        assert found.title == (app.written_title or app.title if app.sections else "")
        assert found.description == app.paragraphs
    if not made.app.replaced and not made.app.left_out:
        assert found.abstract == app.abstract
        assert found.figures == app.figures


def test_one_package_has_one_digest_however_it_is_wrapped(tmp_path: Path) -> None:
    content = files(VALVE, FLAT)
    folder = write_folder(tmp_path / "案卷", content)
    packed = pack_folder(folder)
    found = {
        "folder": read_package(folder),
        "packed": read_package_bytes("案卷.zip", packed),
        "zip": read_package_bytes("a.zip", zipped(content)),
        "gbk": read_package_bytes("a.zip", zipped(content, gbk=True)),
        "nested": read_package_bytes("a.zip", nested(content)),
        "deeper": read_package_bytes("a.zip", zipped(content, top="某公司/案件一/")),
    }
    assert {package.digest for package in found.values()} == {found["folder"].digest}
    assert found["folder"] == found["packed"]
    assert original(folder) == ("案卷.zip", packed)
    changed = {**content, "100003_1.jpg": b"another picture"}
    assert read_package_bytes("a.zip", zipped(changed)).digest != found["zip"].digest


def test_packing_a_folder_is_the_same_every_time(tmp_path: Path) -> None:
    content = files(BRACKET, DEEP)
    first = pack_folder(write_folder(tmp_path / "a", content))
    second = pack_folder(write_folder(tmp_path / "b", dict(reversed(content.items()))))
    assert first == second
    (tmp_path / "b" / "Thumbs.db").write_bytes(b"litter")
    assert pack_folder(tmp_path / "b") == first
    (tmp_path / "b" / "100001.xml").write_bytes(b"<claims/>")
    assert pack_folder(tmp_path / "b") != first


def test_an_archive_is_kept_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "案卷.zip"
    path.write_bytes(zipped(files(COATING, FLAT)))
    assert original(path) == ("案卷.zip", path.read_bytes())
    with pytest.raises(Unreadable) as no:
        original(tmp_path / "nothing.zip")
    assert no.value.code == "file_missing"


def one(name: str, data: bytes, **more: bytes) -> Package:
    return read_package_bytes("a.zip", zipped({name: data, **more}))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("100001.xml", "100001"),
        ("CN-100001-2026.XML", "100001"),
        ("XJ_100001_说明书.xml", "100001"),
        ("2026010100001.xml", "100002"),  # no run of its own: the root decides
        ("100001/a.xml", "100001"),
        ("案件 100001/b/a.xml", "100001"),
        ("a.xml", "100002"),
        ("权利要求书.xml", "100002"),  # what is in it weighs more than its name
        ("说明书_202601.xml", "100002"),
        ("202601_附件.xml", "100002"),
        ("100999.xml", "100002"),
    ],
)
def test_which_document_a_description_is(path: str, code: str) -> None:
    data = documents(VALVE, NAMESPACED)[DESCRIPTION]
    assert [part.code for part in one(path, data).parts] == [code]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("说明书附图.pdf", DRAWINGS),
        ("说明书附图1.jpg", DRAWINGS),
        ("100003/fig1.tif", DRAWINGS),
        ("图1.jpg", ""),
        ("摘要附图.jpg", ""),
        ("预审承诺书.jpg", "commitment"),
        ("承诺书/扫描件1.jpg", "commitment"),
        ("主视图.jpg", "views"),
        ("外观设计图片/1.png", "views"),
        ("外观设计简要说明.doc", "brief"),
        ("费用减缴请求书.pdf", ""),
        ("扫描_123456.pdf", ""),
        ("使用说明书.pdf", ""),
    ],
)
def test_which_document_a_file_without_xml_is(path: str, code: str) -> None:
    (part,) = one(path, b"%PDF- or a picture").parts
    assert (part.code, part.ok) == (code, True)


@pytest.mark.parametrize(("tag", "code"), [("发明名称", "110101"), ("实用新型名称", "120101"), ("发明人", "")])
def test_a_bare_request_says_its_type_by_its_title(tag: str, code: str) -> None:
    found = one("请求书.xml", encoded(f"<表单><{tag}>一种装置</{tag}></表单>", "UTF-8"))
    assert [part.code for part in found.parts] == [code]
    assert found.patent_type is {"110101": PatentType.INVENTION, "120101": PatentType.UTILITY}.get(code)


def test_a_text_that_came_as_pdf_alone_is_said_not_to_be_read() -> None:
    (part,) = one("权利要求书.pdf", b"%PDF-1.7").parts
    assert part.code == CLAIMS
    assert "不是 XML" in part.problem
    both = read_package_bytes("a.zip", zipped({**documents_by_file(VALVE, FLAT), "权利要求书.pdf": b"%PDF-1.7"}))
    assert all(part.ok for part in both.parts)


def documents_by_file(app, shape: str) -> dict[str, bytes]:  # type: ignore[no-untyped-def]
    return {f"{code}.xml": data for code, data in documents(app, shape).items()}


def test_the_second_of_two_is_not_adopted() -> None:
    content = documents_by_file(VALVE, FLAT)
    content["副本/100001.xml"] = documents(COATING, FLAT)[CLAIMS]
    content["副本/110101.xml"] = documents(COATING, FLAT)["110101"]
    content["副本/100004.xml"] = documents(COATING, FLAT)["100004"]
    content["副本/100003.xml"] = content["100003.xml"]
    content["副本/110401.xml"] = content["110401.xml"]
    content["副本/100002.xml"] = content["100002.xml"]
    found = read_package_bytes("a.zip", zipped(content))
    doubled = [part for part in found.parts if part.file.startswith("副本/")]
    assert len(doubled) == 6
    assert all(f"与“{part.code}.xml”重复，未采用" in part.problem for part in doubled)
    assert found.biblio == biblio_of(VALVE)
    assert [claim.text for claim in found.claims] == [text for _, text in VALVE.claims]
    assert found.description == VALVE.paragraphs
    assert found.abstract == VALVE.abstract


def test_texts_in_several_files_are_put_together() -> None:
    def numbered(first: int, last: int) -> bytes:
        body = "".join(f"<权利要求 顺序='{n}'>{VALVE.claims[n - 1][1]}</权利要求>" for n in range(first, last + 1))
        return encoded(f"<权利要求书>{body}</权利要求书>", "UTF-8")

    content = {
        "100001_1.xml": numbered(1, 4),
        "100001_2.xml": numbered(5, 6),
        "100002_1.xml": encoded(
            "<说明书><发明名称>一种阀</发明名称><技术领域>本发明涉及一种阀。</技术领域></说明书>", "GBK"
        ),
        "100002_2.xml": encoded("<说明书><背景技术>现有的阀容易泄漏。</背景技术></说明书>", "GBK"),
        "100003_1.xml": encoded("<说明书附图><附图 图号='1'/></说明书附图>", "GBK"),
        "100003_2.xml": encoded("<说明书附图><附图 图号='2'/></说明书附图>", "GBK"),
    }
    found = read_package_bytes("a.zip", zipped(content))
    assert all(part.ok for part in found.parts)
    assert [(claim.number, claim.text) for claim in found.claims] == list(VALVE.claims)
    assert [one.section for one in found.description if one.heading] == ["技术领域", "背景技术"]
    assert found.figures == ("图1", "图2")


def test_a_broken_first_does_not_stand_before_a_good_second() -> None:
    content = {"1/100001.xml": b"<claims>", "2/100001.xml": documents(VALVE, DEEP)[CLAIMS]}
    found = read_package_bytes("a.zip", zipped(content))
    assert [part.ok for part in found.parts] == [False, True]
    assert len(found.claims) == len(VALVE.claims)


def test_two_types_in_one_package() -> None:
    content = {"110101.xml": documents(VALVE, FLAT)["110101"], "120101.xml": documents(BRACKET, FLAT)["120101"]}
    found = read_package_bytes("a.zip", zipped(content))
    assert found.patent_type is PatentType.INVENTION
    assert found.biblio.title == VALVE.title
    assert all(part.ok for part in found.parts)
    assert "120101.xml”未采用" in "".join(found.notes)


def test_the_type_is_not_guessed() -> None:
    content = {f"{code}.xml": data for code, data in documents(BRACKET, FLAT).items() if code != "120101"}
    assert read_package_bytes("a.zip", zipped(content)).patent_type is None
    broken = read_package_bytes("a.zip", zipped({**content, "120101.xml": b"<a>"}))
    assert broken.patent_type is PatentType.UTILITY
    root = encoded("<实用新型说明书><发明名称>一种阀</发明名称></实用新型说明书>", "UTF-8")
    assert one("100002.xml", root).patent_type is PatentType.UTILITY


@pytest.mark.parametrize(
    ("asked", "form", "requested", "waives"),
    [
        ("<实质审查请求>1</实质审查请求>", None, True, None),
        ("<实质审查请求>0</实质审查请求>", None, False, None),
        ("", None, None, None),
        ("", "<放弃主动修改>1</放弃主动修改>", True, True),
        ("<实质审查请求>0</实质审查请求>", "<请求实质审查>0</请求实质审查>", False, None),
        ("<放弃主动修改>是</放弃主动修改>", "<放弃主动修改>null</放弃主动修改>", True, True),
        ("", "<声明>申请人声明，放弃主动修改的权利</声明>", True, True),
        ("", "<声明 选中='0'>申请人声明，放弃主动修改的权利</声明>", True, False),
        ("", "<声明>申请人不放弃主动修改的权利</声明>", True, False),
    ],
)
def test_the_request_for_examination(asked: str, form: str | None, requested: bool | None, waives: bool | None) -> None:
    content = {"110101.xml": encoded(f"<发明专利请求书>{asked}</发明专利请求书>", "UTF-8")}
    if form is not None:
        content["110401.xml"] = encoded(f"<实质审查请求书>{form}</实质审查请求书>", "UTF-8")
    found = read_package_bytes("a.zip", zipped(content)).biblio
    assert (found.substantive_examination, found.waives_amendment) == (requested, waives)


def test_a_broken_form_requests_nothing() -> None:
    content = {**documents_by_file(LOAD, FLAT), f"{EXAMINATION_REQUEST}.xml": b"<a"}
    content["110101.xml"] = encoded("<发明专利请求书/>", "UTF-8")
    found = read_package_bytes("a.zip", zipped(content))
    assert found.biblio.substantive_examination is None
    assert [part.code for part in found.parts if not part.ok] == [EXAMINATION_REQUEST]


@pytest.mark.parametrize("name", ["260315-权利要求书.xml", "250000-权利要求书.xml", "250000.xml"])
def test_a_number_in_the_name_does_not_hide_a_document(name: str) -> None:
    data = documents(VALVE, NAMESPACED)[CLAIMS]
    assert [part.code for part in one(name, data).parts] == [CLAIMS]
    known = CLAIMS if "权利" in name else "250000"
    assert [part.code for part in one(name, encoded("<表单><a/><b/></表单>", "UTF-8")).parts] == [known]


def test_the_figure_that_the_abstract_names_counts_if_the_request_names_none() -> None:
    abstract = encoded("<摘要><段落>一种阀。</段落><摘要附图>图2</摘要附图><img file='a.tif'/></摘要>", "UTF-8")
    found = one("100004.xml", abstract)
    assert (found.abstract, found.biblio.abstract_figure, found.abstract_files) == (("一种阀。",), "图2", ("a.tif",))
    request = encoded("<request><摘要附图>图1</摘要附图></request>", "UTF-8")
    assert one("100004.xml", abstract, **{"110101.xml": request}).biblio.abstract_figure == "图1"
