"""A made-up centre to look around in: the same use cases, worked by made-up people on days around today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from desktop.app import demo_cases as made_up
from desktop.app import demo_packages, demo_parties, demo_services
from desktop.app.desk import Desk
from desktop.app.packages import Read
from desktop.app.queue_views import StaffMember
from desktop.app.views import ActOutcome
from desktop.core.identifiers import KIND_DIGIT, application_check_digit, check_uscc
from desktop.core.intake import IntakeRow
from desktop.core.refusal import Refusal
from desktop.core.terms import Judgement, PatentType

PASSPHRASE = "kuaishen-demo"  # noqa: S105 (of data that is made up)
SOURCE = "示例清单.xlsx"
ACTOR = made_up.EXAMINERS[0]

Progress = Callable[[int, int], None]

_CLERKS = frozenset(
    "return resubmit accept assign refuse reply file pay upload lapse deem_withdrawn withdraw office_action "
    "office_reply grant_notice grant convert".split()
)
_REVIEWERS = frozenset(["consult", "terminate"])
# The package that comes before a step of the walked case, and its file name.
_PACKAGES = {
    "issue_opinion": (demo_packages.first, "申请文件.zip"),
    "pass": (demo_packages.mended, "申请文件（修改后）.zip"),
    "compare": (demo_packages.filed, "申请文件（正式提交）.zip"),
}


def build(
    directory: Path,
    today: date,
    *,
    passphrase: str = PASSPHRASE,
    progress: Progress | None = None,
    read: Read | None = None,
) -> Desk:
    """Make the centre in an empty folder: some sixty cases over all stages, late and early ones among them. ``read``
    reads application packages; without it no case has one."""
    desk = Desk.create(
        directory,
        passphrase,
        centre=made_up.CENTRE,
        station=made_up.STATION,
        staff=[StaffMember(name, roles) for name, roles in made_up.STAFF],
        actor=made_up.ADMIN,
    )
    try:
        plans = sorted(zip(_cases(), made_up.PLANS, strict=True), key=lambda plan: -plan[1][1])
        rows = []
        for serial, ((patent_type, title, classes), (_, age)) in enumerate(plans, 1):
            received = desk.calendar.add(today, -age).day
            rows.append(IntakeRow(serial + 2, _facts(serial, patent_type, title, classes, received)))
        demo_parties.add(desk, {name: _uscc(place) for place, name in enumerate(made_up.PARTIES)}, today)
        desk.take_in(rows, actor=made_up.CLERK, source=SOURCE, today=today)
        for serial, ((patent_type, _, _), (route, _)) in enumerate(plans, 1):
            worker = _Worker(desk, serial, patent_type, rows[serial - 1].facts, today)
            if route == made_up.IN_HAND:
                worker.examiner = ACTOR
            for action, gap in made_up.ROUTES[route]:
                try:
                    worker.step(action, gap)
                except Refusal as refusal:
                    if refusal.code != "provisional_limit":
                        raise
                    break  # in a year not yet published nobody is judged late, and the case waits
            if route == made_up.IN_HAND:
                if read is not None:
                    worker.take_package("issue_opinion", read)
                    worker.judge_findings(read)
                worker.begin_opinion()
            if progress is not None:
                progress(serial, len(plans))
        demo_services.add(desk, today)
    except BaseException:
        desk.close()
        raise
    return desk


def walk(desk: Desk, today: date, *, read: Read | None = None) -> Iterator[tuple[str, ActOutcome]]:
    """Take in one more case and work it from 已收件 to 授权; yields each step's label and outcome. ``read`` as in
    :func:`build`: with it the case has its application packages, the filed one with a character changed."""
    serial = len(made_up.PLANS) + 1
    facts = _walked_facts(desk, today)
    desk.take_in([IntakeRow(3, facts)], actor=made_up.CLERK, source="示例清单（补）.xlsx", today=today)
    worker = _Worker(desk, serial, "发明", facts, today)
    for action, gap in made_up.WALKED:
        if read is not None and action in _PACKAGES:
            worker.take_package(action, read)
        yield worker.step(action, gap)


def packages(desk: Desk, today: date) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """To try things with: the files of the walked case's first package by path, and its later ones as ZIPs by name."""
    facts = _walked_facts(desk, today)
    later = [one for action, one in _PACKAGES.items() if action != "issue_opinion"]
    return demo_packages.first(facts), {name: demo_packages.zipped(made(facts)) for made, name in later}


def _walked_facts(desk: Desk, today: date) -> dict[str, str]:
    received = desk.calendar.add(today, -made_up.WALKED_AGE).day
    facts = _facts(len(made_up.PLANS) + 1, "发明", *made_up.WALKED_CASE, received)
    return {**facts, "contact": made_up.WALKED_CONTACT}


def new_list(today: date) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of a list that is still to be taken in: new cases, and rows with the usual faults."""
    header = ("平台案号", "接收日期", "专利类型", "发明名称", "申请主体", "统一社会信用代码", "所在地区", "主分类号")
    names = "platform_number received_on patent_type title party uscc region main_class".split()
    first = len(made_up.PLANS) + 2
    rows = []
    for serial, (patent_type, title, classes) in enumerate(made_up.ARRIVING, first):
        facts = _facts(serial, patent_type, title, classes, today)
        rows.append(tuple(facts.get(name, "") for name in names))
    for row, column, wrong in made_up.FAULTS:
        rows[row] = (*rows[row][:column], wrong, *rows[row][column + 1 :])
    return header, rows


def _cases() -> list[tuple[str, str, str]]:
    """Every made-up case as (type, title, classes), the types mixed as a centre sees them."""
    kinds = (("发明", made_up.INVENTIONS), ("实用新型", made_up.UTILITIES), ("外观设计", made_up.DESIGNS))
    placed = [
        ((position + 0.5) / len(listed), kind, title, classes)
        for kind, listed in kinds
        for position, (title, classes) in enumerate(listed)
    ]
    return [(kind, title, classes) for _, kind, title, classes in sorted(placed)]


def _facts(serial: int, patent_type: str, title: str, classes: str, received: date) -> dict[str, str]:
    party = made_up.PARTIES[serial % len(made_up.PARTIES)]
    facts = {
        "platform_number": f"YS379{received.year}{KIND_DIGIT[PatentType(patent_type)]}{serial:06d}",
        "received_on": received.isoformat(),
        "patent_type": patent_type,
        "title": title,
        "party": party,
        "uscc": _uscc(serial % len(made_up.PARTIES)),
        "region": made_up.REGIONS[serial % len(made_up.REGIONS)],
        "main_class": classes.split(";")[0].strip(),
        "classes": classes,
        "agency": made_up.AGENCIES[serial % len(made_up.AGENCIES)],
        "contact": "某联系人",
        "phone": "000-0000000",
    }
    return {name: value for name, value in facts.items() if value}


def _uscc(party: int) -> str:
    """A code with a right check character in an area that does not exist."""
    body = f"91379999MA3YAN{party:03d}"
    return next(body + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if check_uscc(body + last).valid)


class _Worker:
    """One case on its way, step by step on working days, never later than today."""

    def __init__(self, desk: Desk, serial: int, patent_type: str, facts: Mapping[str, str], today: date) -> None:
        self._desk, self._serial, self._type, self._today = desk, serial, patent_type, today
        self._ref, self._facts = facts["platform_number"], facts
        self._on = date.fromisoformat(facts["received_on"])
        self.examiner = made_up.EXAMINERS[serial % len(made_up.EXAMINERS)]
        self._defects = made_up.DEFECTS[patent_type]
        self._round = 0
        self._misprint = False

    def step(self, action: str, gap: int) -> tuple[str, ActOutcome]:
        self._on = min(self._desk.calendar.add(self._on, gap).day, self._today)
        actor = made_up.CLERK if action in _CLERKS else made_up.REVIEWER if action in _REVIEWERS else self.examiner
        outcome = self._desk.act(
            self._ref, action, self._values(action, actor), actor=actor, on=self._on, today=self._today
        )
        return f"{self._on}　{actor}　{outcome.stage_label}", outcome

    def take_package(self, before: str, read: Read) -> None:
        """What the applicant sent before that step, on the day of the step that was last."""
        made, name = _PACKAGES[before]
        content = demo_packages.zipped(made(self._facts))
        self._desk.packages.add(
            self._ref, name, content, read(name, content), actor=made_up.CLERK, on=self._on, today=self._today
        )
        self._misprint = made is demo_packages.filed

    def judge_findings(self, read: Read) -> None:
        """One finding is accepted, one is not; the others wait."""
        said = {
            made_up.ACCEPTED_FINDING: (Judgement.ACCEPTED, made_up.ACCEPTED_WORDS, ""),
            made_up.DISMISSED_FINDING: (Judgement.DISMISSED, "", made_up.DISMISSED_REASON),
        }
        reading = self._desk.packages.look(self._ref, read, actor=self.examiner, today=self._today)
        for one in reading.findings:
            if one.finding.rule in said:
                judgement, words, reason = said[one.finding.rule]
                self._desk.packages.judge(
                    self._ref,
                    reading.view.sha256,
                    one.finding,
                    judgement,
                    words=words,
                    reason=reason,
                    actor=self.examiner,
                    on=self._today,
                    today=self._today,
                )

    def begin_opinion(self) -> None:
        """Leave the case as an examiner leaves it at noon: half the checklist answered, a draft begun."""
        view = self._desk.case(self._ref, actor=self.examiner, today=self._today)
        items = view.checklist.items if view.checklist is not None else ()
        answers = {item.item: ("符合", "") for item in items[: len(items) // 2]}
        answers[self._defects[-1][0]] = ("缺陷", self._defects[-1][1])
        text = self._desk.compose_opinion(self._ref, answers, actor=self.examiner, on=self._today)
        self._desk.save_draft(self._ref, text=text, answers=answers, at=f"{self._today}T11:58:00")

    def _values(self, action: str, actor: str) -> dict[str, str]:
        match action:
            case "accept":
                return {"checklist": "符合"}
            case "return":
                return {"missing": "承诺书未盖章，请补交盖章页"}
            case "resubmit":
                return {"supplied": "已补交盖章的承诺书"}
            case "refuse":
                return {"reason_code": "N06"}
            case "assign":
                return {"examiner": self.examiner}
            case "issue_opinion":
                return self._opinion(actor)
            case "reply":
                return {"reply": made_up.REPLY}
            case "pass":
                mended = {item: "符合" for item, _ in self._defects}
                return {"checklist": "符合", **mended, "reviewer": made_up.REVIEWER}
            case "fail":
                return {"reason": "经两次审查，权利要求 1 仍不具备创造性（法22.3）", "reviewer": made_up.REVIEWER}
            case "file":
                return {"application_number": self._application_number()}
            case "compare" if self._misprint:
                return {"consistency": "不一致", "difference": made_up.WALKED_DIFFERENCE}
            case "tag" if self._misprint:
                return {"mismatch_reason": made_up.WALKED_REASON}
            case "compare" | "tag":
                return {"consistency": "一致"}
            case "consult":
                resume = self._desk.calendar.add(self._today, 3).day
                return {"reason": "是否属于技术方案，提请会商", "resume_by": resume.isoformat()}
            case "terminate":
                return {"reason": "非正常", "note": "经核查属于非正常申请"}
            case "convert":
                return {"reason": "仍不能授权"}
            case _:
                return {}

    def _opinion(self, actor: str) -> dict[str, str]:
        """The first round names all defects, the second what is left of them."""
        self._round += 1
        found = self._defects if self._round == 1 else self._defects[-1:]
        answers = {item: ("缺陷", note) for item, note in found}
        answers.update({item: ("符合", "") for item, _ in self._defects if item not in answers})
        text = self._desk.compose_opinion(self._ref, answers, actor=actor, on=self._on)
        values = {"opinion": text}
        for item, (answer, note) in answers.items():
            values[item], values[f"{item}.note"] = answer, note
        return values

    def _application_number(self) -> str:
        digits = f"{self._on.year}{KIND_DIGIT[PatentType(self._type)]}99{self._serial:05d}"
        return f"{digits}.{application_check_digit(digits)}"


def clock_on(today: date) -> Callable[[], datetime]:
    """The time of day as it is, on the day that the demo takes for today."""
    return lambda: datetime.combine(today, datetime.now().time())
