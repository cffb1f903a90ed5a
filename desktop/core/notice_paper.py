"""One outgoing paper (文书) as plain values, ready for paper or screen. Parts: handbook 9.1; order: GB/T 9704-2012."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NoticePaper:
    """A notice, or with ``internal`` an internal slip (督办单, 约谈记录), which has signature lines and no seal.

    An empty text or tuple prints nothing. ``number`` is 文号; ``addressee`` is 主送, without its colon; ``facts`` are
    (label, value) cells under the heading; ``body`` has one paragraph to a line, those that begin with 一、 or （一）
    being headings; ``enclosures`` are names without numbers; ``contact`` is printed in brackets under the date;
    ``verification`` is the short value at the foot; ``provisional`` are marks such as "答复期限为暂定" for the notes;
    ``seal`` is a proof in the file, which no page shows; ``signatures`` are the labels of an internal slip's lines
    (经办人, 日期).
    """

    centre: str
    number: str
    title: str
    addressee: str
    facts: tuple[tuple[str, str], ...]
    body: str
    dated: date
    enclosures: tuple[str, ...] = ()
    contact: str = ""
    verification: str = ""
    provisional: tuple[str, ...] = ()
    internal: bool = False
    signatures: tuple[str, ...] = ()
    seal: str = ""

    def words(self) -> str:
        """Every printed word in reading order, a line feed between the parts; without what each page adds (its
        number, the verification) and without line breaks that the page makes."""
        parts = [self.centre, self.title, self.number]
        for label, value in self.facts:
            parts += [label, value]
        parts += [with_colon(self.addressee), self.body]
        for at, name in enumerate(self.enclosures, start=1):
            number = f"{at}." if len(self.enclosures) > 1 else ""
            parts.append(f"{'附件：' if at == 1 else ''}{number}{name}")
        if self.internal:
            parts += [chinese_date(self.dated), *(signature_label(text) for text in self.signatures)]
        else:
            parts += [self.centre, chinese_date(self.dated)]
        parts += [in_brackets(self.contact), *numbered_notes(self.provisional)]
        return "\n".join(part for part in parts if part)


def chinese_date(day: date) -> str:
    """2026年3月12日: Arabic numerals without leading noughts (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def with_colon(text: str) -> str:
    """主送 ends with one full-width colon (7.3.2); nothing stays nothing."""
    text = text.strip().rstrip("：:")
    return f"{text}：" if text else ""


def in_brackets(text: str) -> str:
    """附注 stands in full-width brackets (7.3.6), once."""
    text = text.strip()
    return text if not text or (text.startswith("（") and text.endswith("）")) else f"（{text}）"


def signature_label(text: str) -> str:
    """What is signed ends with a colon; what stands in brackets, such as （盖章）, only marks its place."""
    text = text.strip()
    return text if text.endswith("）") else with_colon(text)


def numbered_notes(notes: tuple[str, ...]) -> tuple[str, ...]:
    """The notes with 注： before them, numbered if there are several."""
    if len(notes) == 1:
        return (f"注：{notes[0]}",)
    return tuple(f"注{at}：{note}" for at, note in enumerate(notes, start=1))
