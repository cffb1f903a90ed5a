"""What the columns, chips and buttons of one screen say for the service that it shows."""

from __future__ import annotations

from desktop.app.queue_views import ServiceView, ServiceWords
from desktop.ui.i18n import tr

#: The service whose cases come from the platform's lists.
PREEXAM = "preexam"
KIND = "类型"
#: Categories with a usual short form, where room is scarce.
SHORT_CATEGORIES = {"实用新型": "新型", "外观设计": "外观"}
#: While no desk is open.
PLAIN = ServiceView(
    id=PREEXAM, label="专利预审", short="预审",
    words=ServiceWords(category="专利类型", person="预审员", party="申请主体", title="发明名称"),
    categories=("发明", "实用新型", "外观设计"), opening_label="收件", has_rounds=True, has_field=True, watches=False,
    own=False, facts=frozenset("main_class field platform_number region agency application_number".split()),
    assigns=True,
)


def number_word(service: ServiceView) -> str:
    """预审案号, 快速维权案号."""
    return tr("{service}案号", service=service.short)


def category_word(service: ServiceView) -> str:
    """The head of the category column: 类型 where that is what the service's own word ends with, else the word."""
    word = service.words.category
    return KIND if word.endswith(KIND) else word


def party_word(service: ServiceView) -> str:
    """The head of the party column, without the service's name that stands beside it anyway."""
    return service.words.party.removeprefix(service.short) or service.words.party


def short_category(category: str) -> str:
    return SHORT_CATEGORIES.get(category, category)


def begins_by_list(service: ServiceView) -> bool:
    """Whether cases of this service are taken in from the platform's exports."""
    return service.id == PREEXAM
