"""An application package in and checked: 60 claims, about a hundred pages of description. The reference parses the
same XML files with the bare library and does nothing with them."""

from __future__ import annotations

import io
import random
import zipfile

from defusedxml import ElementTree  # type: ignore[import-untyped]

from desktop.bench.measure import Clock, Setting, Taken, in_turns
from desktop.core.finding import Finding
from desktop.core.formal_checks import examine
from desktop.exchange.packages import read_package_bytes

CLAIMS, PARAGRAPHS = 60, 1_500
_TITLE = "一种多工位装配设备及其控制方法"
_SECTIONS = ("技术领域", "背景技术", "发明内容", "具体实施方式")
_WORDS = (
    "夹具 导轨 机架 转台 气缸 滑块 传感器 控制器 伺服电机 料仓 推杆 定位销 减速器 同步带 视觉相机 工件 托盘 "
    "压头 丝杠 支撑座"
).split()
_SAYINGS = (
    "所述{0}固定于{1}的一侧，并与{2}相连接，从而在工作时保持稳定。",
    "当{0}到达设定的位置时，{1}驱动{2}沿水平方向移动，完成一次装配。",
    "为了减小振动，{0}与{1}之间设有缓冲垫，{2}则通过螺栓安装在机架上。",
    "在另一个实施例中，{0}也可以由{1}代替，此时{2}的行程应当相应地增大。",
)


def package(setting: Setting) -> Taken:
    """Unpacking, reading, and all formal checks."""
    count = setting.size(PARAGRAPHS)
    documents = _documents(count)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in documents.items():
            archive.writestr(name, data)
    original = buffer.getvalue()
    faults: set[str] = set()

    def ours(clock: Clock) -> None:
        with clock.running():
            found = read_package_bytes("案卷.zip", original)
            findings = examine(found)
        faults.update(_faults(len(found.claims), sum(not one.heading for one in found.description), count, findings))

    def reference(clock: Clock) -> None:
        with clock.running():
            for data in documents.values():
                ElementTree.fromstring(data)

    found = in_turns(setting, ours, reference, warm=True)
    return Taken(*found, note=f"权利要求 {CLAIMS} 项，说明书 {count} 段", faults=tuple(sorted(faults)))


def _faults(claims: int, paragraphs: int, count: int, findings: tuple[Finding, ...]) -> set[str]:
    """Nothing may be lost, and the one seeded slip must be found."""
    found = set()
    if (claims, paragraphs) != (CLAIMS, count):
        found.add(f"读出权利要求 {claims} 项、说明书 {paragraphs} 段")
    if [one.claims for one in findings if one.rule == "claim_reference_missing"] != [(CLAIMS, CLAIMS + 30)]:
        found.add("没有正好找出那一处引用错误")
    return found


def _documents(paragraphs: int) -> dict[str, bytes]:
    """The XML files of an invention in the plain English shape, by name."""
    chance = random.Random(7)  # noqa: S311

    def sentence() -> str:
        return chance.choice(_SAYINGS).format(*chance.sample(_WORDS, 3))

    claims = [f"{_TITLE[:8]}，其特征在于，包括{'、'.join(_WORDS[:6])}，{sentence()}"]
    for number in range(2, CLAIMS + 1):
        base = CLAIMS + 30 if number == CLAIMS else chance.randrange(1, number)
        claims.append(f"根据权利要求{base}所述的多工位装配设备，其特征在于，{sentence()}")
    body = []
    number = 0
    for at, heading in enumerate(_SECTIONS):
        body.append(f"<heading>{heading}</heading>")
        last = paragraphs if at == len(_SECTIONS) - 1 else min(paragraphs, at + 1)
        while number < last:
            number += 1
            text = f"第{number}个工序中，" + "".join(sentence() for _ in range(3))
            body.append(f'<p num="{number:04}">{text}</p>')
    texts = {
        "110101.xml": f"<request><invention-title>{_TITLE}</invention-title><applicant><name>基准公司</name>"
        f"</applicant>"
        "<inventor><name>甲</name></inventor><early-publication>1</early-publication></request>",
        "110401.xml": "<examination-request><waive-amendment>1</waive-amendment></examination-request>",
        "100001.xml": "<claims>"
        + "".join(f'<claim num="{n}"><claim-text>{text}</claim-text></claim>' for n, text in enumerate(claims, 1))
        + "</claims>",
        "100002.xml": f"<description><invention-title>{_TITLE}</invention-title>{''.join(body)}</description>",
        "100004.xml": f"<abstract><p>{sentence()}</p></abstract>",
    }
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return {name: (head + text).encode() for name, text in texts.items()}
