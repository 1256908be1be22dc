"""A page that shows the components of the public site with their states, long words and little or much content.

Its address exists only with DEBUG (`config/urls.py`). Browser tests compare it with an earlier picture.
"""

from __future__ import annotations

import datetime
from types import SimpleNamespace as Sample

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from home.filter_links import FilterLink

DAY = datetime.date(2030, 5, 16)
LONG_FINNISH = "Terveydenhuollon ammattihenkilöiden digiosaamiskoulutusohjelma"
LONG_GREEK = "Διεπιστημονικές ομάδες ηλεκτροεγκεφαλογραφικής παρακολούθησης"
SENTENCE = "The training is for everyone who works in cancer care, with or without a clinical role. "


def modules(number: int) -> list[Sample]:
    titles = ["Trainers", LONG_FINNISH, LONG_GREEK, "Nurses", "Non-clinical staff", "Experts", "One more"]
    return [
        Sample(
            title=title,
            audience="People who train others",
            shows_audience=place == 0,
            eqf_display="EQF level 6" if place % 2 else "",
            ects=5 if place % 2 else None,
            cme_points=12 if place == 3 else None,
            description=f"<p>{SENTENCE * (place % 3)}</p>" if place % 3 else "",
            outcomes="",
            languages_display=["English", "Finnish"] if place == 2 else [],
            url="",
            link_label="",
        )
        for place, title in enumerate(titles[:number])
    ]


def events() -> list[Sample]:
    register = Sample(
        status="open",
        url="#register",
        opens="",
        closes="14 May 2030, 16:00 (UTC+3)",
        is_elsewhere=False,
        seats=(("On site", "Few places left"), ("Online", "No limit on places")),
    )
    shared: dict[str, object] = {
        "url": "#event",
        "date": DAY,
        "end_date": None,
        "label": "On site and online",
        "place": "Turku, Finland",
        "summary": SENTENCE,
        "starts_at": None,
        "ends_at": None,
        "previous_date": None,
        "has_materials": False,
        "is_off": False,
        "register": None,
    }
    rows: list[dict[str, object]] = [
        {"title": "An event", "phase": "upcoming", "registration": "open", "register": register},
        {
            "title": LONG_FINNISH,
            "phase": "running",
            "registration": "full",
            "end_date": DAY + datetime.timedelta(days=1),
        },
        {"title": LONG_GREEK, "phase": "cancelled", "registration": None, "is_off": True},
        {"title": "A postponed event", "phase": "postponed", "registration": None, "is_off": True, "summary": ""},
        {"title": "A past event", "phase": "past", "registration": None, "has_materials": True, "place": ""},
    ]
    return [Sample(**{**shared, **row}) for row in rows]


def organisations(number: int) -> list[Sample]:
    names = ["University", LONG_FINNISH, LONG_GREEK, "Hospital", "Institute"]
    return [
        Sample(
            name=name,
            short_name="",
            tone=place,
            logo=None,
            foreign_language="",
            role="coordinator" if place == 0 else "",
            get_role_display="Coordinator",
            description=SENTENCE * place,
            website="#website" if place else "",
        )
        for place, name in enumerate(names[:number])
    ]


def country(name: str, number: int) -> Sample:
    return Sample(name=name, code=name[:2], organisations=organisations(number))


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    all_events = events()
    context = {
        "sentence": SENTENCE,
        "long_words": [LONG_FINNISH, LONG_GREEK],
        "day": DAY,
        "next_day": DAY + datetime.timedelta(days=1),
        "programme": Sample(eqf_from=6, eqf_to=8, eqf_display="EQF levels 6–8"),
        "modules": modules(6),
        "one_module": modules(1),
        "seven_modules": modules(7),
        "next_event": all_events[0],
        "events": all_events,
        "organisations": organisations(5),
        "countries": [country("Finland", 2), country("Yhdistynyt kuningaskunta", 1), country("Ελλάδα", 1)],
        "training_countries": [Sample(name="Estonia", code="EE")],
        "milestones": [
            Sample(date=DAY.replace(year=2030 + place), end_date=None, title=title, text=SENTENCE if place % 2 else "")
            for place, title in enumerate(["Kickoff", LONG_FINNISH, LONG_GREEK, "Final Forum"])
        ],
        "findings": [
            {"value": "3 of 4", "statement": SENTENCE, "source": "A report", "source_url": "#source"},
            {"value": "84 %", "statement": LONG_FINNISH, "source": LONG_GREEK, "source_url": ""},
        ],
        "teasers": [
            Sample(title=title, url="#", summary=SENTENCE, date=DAY, label="News", image=None, motif=place)
            for place, title in enumerate(["A short title", LONG_FINNISH, LONG_GREEK])
        ],
        "choices": [FilterLink(label, "#", is_current=not label) for label in ("", "On site", LONG_GREEK)],
        "page_obj": Paginator(range(30), 10).page(2),
    }
    return render(request, "home/demo/components.html", context)


urlpatterns = [path("", components)]
