"""The demo's news: the kickoff in Turku and the Final Forum."""

import datetime

from home.demo.blocks import (
    call_to_action,
    heading,
    link_to,
    organisations,
    people,
    statistics,
    stream,
    text,
)
from home.demo.project import FORUM_TITLE
from news.models import NewsCategory, NewsIndexPage, NewsPage, RelatedPage

CATEGORIES = {"project": "Project", "events": "Events"}


def build(demo):
    demo.page("news", NewsIndexPage, "News")
    demo.page("kickoff", NewsPage, "DigiCanTrain starts in Turku", parent="news", slug="kickoff-in-turku")
    demo.page(
        "forum", NewsPage, "Final Forum: Empowering the Future of Cancer Care", parent="news", slug="final-forum-2026"
    )
    for key, name in CATEGORIES.items():
        demo.snippet(key, NewsCategory, name=name, key=key)
    demo.fill("news", index)
    demo.fill("kickoff", kickoff)
    demo.fill("forum", forum)


def index(demo):
    return {
        "lead": "News about the project, from its kickoff in Turku to the Final Forum.",
        "summary": "News about the project, from its kickoff to the Final Forum.",
        "show_in_menus": True,
    }


def kickoff(demo):
    return {
        "date": datetime.date(2023, 3, 24),
        "category": demo.snippets["project"],
        "organisation": demo.snippets["turku"],
        "lead": "On 23 and 24 March 2023 the consortium met in Turku, Finland, to start the project.",
        "summary": "The consortium met in Turku, Finland, on 23 and 24 March 2023 to start the project.",
        "body": stream(
            "kickoff/body",
            text(
                "Three weeks after the start of the project, the partners met in Turku for its kickoff. The coordinator, "
                "Turku University of Applied Sciences, hosted the meeting. It was a success, and the partners now "
                "start three years of joint work.",
            ),
            statistics(
                ("3 years", "of joint work", "1 March 2023 to 28 February 2026"),
                ("6 countries", "with partners in the consortium", "and European cancer organisations"),
            ),
            heading("What the partners will do"),
            text(
                "They will develop, pilot and evaluate digital skills training for cancer care. The training is for "
                "trainers and for clinical and non-clinical staff.",
                f"Why the project is needed and what it aims for: {demo.link('project', 'About the project')}",
            ),
            people("Who leads the project", demo.snippets["leader"]),
        ),
        "related_pages": [
            RelatedPage(page=demo.pages["project"], sort_order=0),
            RelatedPage(page=demo.pages["partners"], sort_order=1),
        ],
    }


def forum(demo):
    return {
        "date": datetime.date(2026, 2, 12),
        "category": demo.snippets["events"],
        "organisation": demo.snippets["turku"],
        "lead": (
            "On 12 February 2026 the project presented its results, on site and online, to the people who can use them."
        ),
        "summary": "What the project presented and discussed at its final event on 12 February 2026.",
        "body": stream("forum/body", *forum_blocks(demo)),
        "related_pages": [
            RelatedPage(page=demo.pages["programme"], sort_order=0),
            RelatedPage(page=demo.pages["results"], sort_order=1),
        ],
    }


def forum_blocks(demo):
    return [
        text(
            f"The full title of the day was <b>{FORUM_TITLE}</b>. It was for health care professionals, leaders, educators, "
            "policymakers and non-governmental organisations, and for the consortium itself.",
        ),
        heading("The training and its participants"),
        text(
            "Virpi Sulosaari, the project leader, opened the forum. The first two talks were about Estonia: the digital "
            "transformation of its health care, and the digital services and skills in its cancer control plan.",
            "Then the project presented itself and its training programme. A trainer and a participant from Estonia and "
            "Greece spoke about their experiences of the training and answered questions.",
        ),
        heading("The results and the next steps"),
        text(
            "After lunch the topic was digital interventions in cancer care. The project presented its main results, what "
            "it had learned, and how the work can go on. The last talk was about the European Union’s vision for a digital "
            "future of health care and its workforce.",
            "A panel discussed how European stakeholders can work together after the project. The forum ended with a "
            "summary of this discussion.",
        ),
        text(
            f"All sessions with their times and speakers: {demo.link('forum-2026', 'the event page')}",
        ),
        organisations("Coordinator", demo.snippets["turku"]),
        call_to_action(
            "Results",
            "The results page lists the deliverables, publications and fact sheets of the project.",
            link_to(demo.pages["results"], "See the results"),
        ),
    ]
