"""The voucher (存证凭证) of an evidence item: hashes, file names, custodian, time-stamps and the chain of custody, in a
form that can be checked without this program. Source: handbook 7.4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from desktop.app.evidence_views import EvidenceReport
from desktop.core.attachment import readable
from desktop.core.stamps import LOCAL_CLOCK

FORMAT: Final = "kuaishen-evidence-voucher-1"
HOW: Final = (
    "核对文件：计算文件的 SHA-256（或 SM3），与本凭证所列逐位比较。",
    "核对流转记录：每行的哈希是该行文字（UTF-8 编码，每行以换行符结束，含最后一行）的 SHA-256；"
    "“前一行”是前一行的哈希，首行为“—”。",
    f"{LOCAL_CLOCK}是记录所用计算机的时钟，不是可信时间；可信时间以时间戳中的签发时间为准。",
)


def voucher(
    report: EvidenceReport, names: Mapping[str, str], *, centre: str, station: str, by: str, at: str
) -> dict[str, Any]:
    """As data. ``names`` are the file names that were written, by SHA-256; ``at`` is the local clock."""
    item = report.item
    return {
        "format": FORMAT,
        "centre": centre,
        "station": station,
        "issued_by": by,
        "issued_at_local_clock": at,
        "number": item.number,
        "title": item.title,
        "category": item.category,
        "stage": item.stage_label,
        "custodian": item.custodian,
        "facts": {label: readable(value) for label, value in item.facts},
        "files": [
            {
                "name": names[one.sha256],
                "size": one.size,
                "sha256": one.sha256,
                "sm3": one.sm3,
                "result": one.result,
                "taken_in_by": one.actor,
                "taken_in_at_local_clock": one.at,
                "station": one.station,
                "note": one.note,
            }
            for one in item.files
        ],
        "stamps": [
            {
                "file": one.file,
                "token": one.token,
                "words": one.words,
                "notes": list(one.report.notes if one.report else ()),
            }
            for one in item.stamps
        ],
        "custody": [
            {
                "row": one.number,
                "action": one.action,
                "from": one.from_person,
                "to": one.to_person,
                "reason": one.reason,
                "at_local_clock": one.at,
                "recorded_by": one.actor,
                "station": one.station,
                "mark": one.mark,
                "forked": one.forked,
                "text": one.text,
                "hash": one.hash,
            }
            for one in item.custody
        ],
        "problems": list(report.problems),
        "notes": list(report.notes),
        "how_to_check": list(HOW),
    }


def voucher_text(document: Mapping[str, Any]) -> str:
    """The same for people."""
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield "存证凭证"
    yield ""
    yield f"中心　　　{document['centre']}"
    yield f"证据编号　{document['number']}"
    yield f"证据名称　{document['title']}"
    yield f"证据类型　{document['category']}"
    yield f"状态　　　{document['stage']}"
    yield f"保管人　　{document['custodian'] or '—'}"
    where = f"{document['issued_by']}（{document['station']}）"
    yield f"出具　　　{where}，{LOCAL_CLOCK} {document['issued_at_local_clock']}"
    yield ""
    yield "登记的内容"
    yield from (f"  {label}：{value}" for label, value in document["facts"].items())
    yield ""
    yield f"文件（{len(document['files'])} 个）"
    for number, one in enumerate(document["files"], 1):
        yield f"  {number}. {one['name']}"
        yield f"     大小     {one['size']} 字节"
        yield f"     SHA-256  {one['sha256']}"
        yield f"     SM3      {one['sm3'] or '—'}"
        yield f"     复核     {one['result'] or '—'}"
        taken = f"{one['taken_in_by']}（{one['station']}），{LOCAL_CLOCK} {one['taken_in_at_local_clock']}"
        yield f"     收入     {taken}"
    yield ""
    yield f"时间戳（{len(document['stamps'])} 个）"
    names = {one["sha256"]: one["name"] for one in document["files"]}
    for one in document["stamps"]:
        yield f"  {names.get(one['file'], '—')}：{one['words']}"
        yield f"     令牌 {names.get(one['token'], '—')}（SHA-256 {one['token']}）"
        yield from (f"     {note}" for note in one["notes"])
    yield ""
    yield f"流转记录（{len(document['custody'])} 行）"
    for row in document["custody"]:
        yield ""
        mark = f"　〔{row['mark']}〕" if row["mark"] else ""
        fork = "　〔分叉：另有一行接在同一行之后〕" if row["forked"] else ""
        yield f"  第 {row['row']} 行，由{row['recorded_by']}（{row['station']}）记录{mark}{fork}"
        yield from (f"    {line}" for line in row["text"].splitlines())
        yield f"    哈希 {row['hash']}"
    yield ""
    if document["problems"] or document["notes"]:
        yield "须注意"
        yield from (f"  {one}" for one in (*document["problems"], *document["notes"]))
        yield ""
    yield "怎样核对"
    yield from (f"  {one}" for one in document["how_to_check"])
