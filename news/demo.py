"""The demo's news: the kickoff in Turku and the Final Forum with its timetable."""

import datetime

from home.demo.blocks import (
    bullets,
    call_to_action,
    heading,
    link_to,
    organisations,
    people,
    statistics,
    stream,
    text,
    timeline,
)
from home.demo.project import FORUM_TITLE
from news.models import NewsCategory, NewsIndexPage, NewsPage, RelatedPage

CATEGORIES = {"project": "Project", "events": "Events"}

# The published timetable: time, title, and speaker or details. A session without an end lasts until the next one.
TIMETABLE = (
    ("9.30–10.00", "Registration and Welcome Coffee Break", ""),
    ("10.00", "Welcome words", "Virpi Sulosaari, Project Leader"),
    ("10.10", "Digital transformation in health care – Estonian perspective", "Talk"),
    ("10.30", "Digital services and digital skills in Estonian cancer control plan", "Talk"),
    ("10.50", "DigiCanTrain – overview of the project", "Talk, with time for questions and answers"),
    ("11.15", "DigiCanTrain – programme", "Talk"),
    (
        "11.35",
        "Experiences of the training",
        "Trainer and participant from Estonia and Greece, with time for questions and answers",
    ),
    ("12.00", "Buffet Lunch – networking", "Restaurant Senso"),
    ("13.00", "Digital intervention in cancer care", "Talk"),
    (
        "13.25",
        "DigiCanTrain – main results, key learning and way forward",
        "Talk, with time for questions and answers",
    ),
    ("14.00", "Empowering health care workforce: The EU’s Vision for a Digital Health Future", "Talk"),
    ("14.20", "Coffee Break – networking", ""),
    ("14.50", "Panel discussions", "Facilitating future collaboration between European stakeholders"),
    ("15.40", "Summarising panel discussions", ""),
    ("15.50", "Concluding words and farewell", ""),
)


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
        "summary": "Aims, target group and full timetable of the project’s final event on 12 February 2026.",
        "body": stream("forum/body", *forum_blocks(demo)),
        "related_pages": [
            RelatedPage(page=demo.pages["programme"], sort_order=0),
            RelatedPage(page=demo.pages["results"], sort_order=1),
        ],
    }


def forum_blocks(demo):
    return [
        text(f"The full title of the day was <b>{FORUM_TITLE}</b>."),
        heading("Aims"),
        text(
            "The forum had three aims:",
            bullets(
                "to present the results of the project, above all on digital literacy and competences",
                "to discuss new ideas and good practice in person-centred digital cancer care",
                "to bring together educators, professionals, policymakers and non-governmental organisations from "
                "across Europe who want to make digital skills an established part of health care, and to plan "
                "the next steps with them.",
            ),
        ),
        heading("Target group"),
        text(
            "Health care professionals, leaders, educators, policymakers, non-governmental organisations, and the "
            "consortium itself."
        ),
        heading("Timetable"),
        text(
            "Times are local times at the venue. Each session lasted until the next one started.",
            f"Calendar files and the timetable to print: {demo.link('forum-2026', 'the event page')}",
        ),
        timeline("12 February 2026", *TIMETABLE),
        text("Registration is closed."),
        organisations("Coordinator", demo.snippets["turku"]),
        call_to_action(
            "Results",
            "The results page lists the deliverables, publications and fact sheets of the project.",
            link_to(demo.pages["results"], "See the results"),
        ),
    ]
