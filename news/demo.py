"""The demo's news: the kickoff in Turku, and the Final Forum with its timetable."""

import datetime

from home.demo.blocks import (
    bullets,
    call_to_action,
    facts,
    heading,
    link_to,
    organisations,
    people,
    stream,
    text,
    timeline,
)
from home.demo.project import FORUM_TITLE
from news.models import NewsCategory, NewsIndexPage, NewsPage, RelatedPage

CATEGORIES = {"project": "Project", "events": "Events"}

# The timetable as it was published: time, title, and who or what. A row without an end runs to the next row's start.
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
    demo.page("kickoff", NewsPage, "DigiCanTrain begins in Turku", parent="news", slug="kickoff-in-turku")
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
        "lead": "What happened in the project, from its kickoff in Turku to the Final Forum.",
        "summary": "What happened in the project, from its kickoff to the Final Forum.",
        "show_in_menus": True,
    }


def kickoff(demo):
    return {
        "date": datetime.date(2023, 3, 24),
        "category": demo.snippets["project"],
        "organisation": demo.snippets["turku"],
        "lead": "On 23 and 24 March 2023 the consortium met in Turku, Finland, and the work began.",
        "summary": "The consortium met in Turku, Finland, on 23 and 24 March 2023 to begin its work.",
        "body": stream(
            "kickoff/body",
            text(
                "Three weeks into the project, its partners came together for the kickoff of DigiCanTrain in Turku, "
                "the home of the coordinator, Turku University of Applied Sciences. The meeting was a success; now "
                "three years of joint work begin.",
            ),
            facts(
                ("3 years", "of work together", "1 March 2023 to 28 February 2026"),
                ("6 countries", "with partners in the consortium", "and European cancer organisations"),
            ),
            heading("What the partners are going to do"),
            text(
                "They will design a training in digital skills for cancer care, pilot it and evaluate it. It is meant "
                "for trainers, and for clinical and non-clinical staff.",
                f"Why this is needed, and what is to come of it: {demo.link('project', 'About the project')}",
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
            "On 12 February 2026 the project shared its results, on site and online, with the people who can put them "
            "to use."
        ),
        "summary": "The project’s last public event, on 12 February 2026: aim, target group and the whole timetable.",
        "body": stream(
            "forum/body",
            text(f"The full title of the day was <b>{FORUM_TITLE}</b>."),
            heading("Aim"),
            text(
                "The forum had three aims:",
                bullets(
                    "to present what the project has found out and achieved, above all about digital literacy and "
                    "competences",
                    "to talk about new ideas and good practice: digital interventions in cancer care that put the "
                    "person first",
                    "to bring together educators, professionals, policymakers and non-governmental organisations from "
                    "all over Europe who want to give digital skills a firm place in health care, and to help them "
                    "plan their next steps together.",
                ),
            ),
            heading("Target group"),
            text(
                "Health care professionals, leaders, educators, policymakers, non-governmental organisations, and the "
                "consortium itself."
            ),
            heading("Timetable"),
            text(
                "Times are local times at the venue. Each part lasted until the next one began.",
                f"The timetable with its calendar files and the programme to print: "
                f"{demo.link('forum-2026', 'the page of the event')}",
            ),
            timeline("12 February 2026", *TIMETABLE),
            text("Those who took part online had registered in advance; the registration is closed."),
            organisations("Coordinator", demo.snippets["turku"]),
            call_to_action(
                "What remains",
                "Results, fact sheets and publications of the project find their place on one page.",
                link_to(demo.pages["results"], "See the results"),
            ),
        ),
        "related_pages": [
            RelatedPage(page=demo.pages["programme"], sort_order=0),
            RelatedPage(page=demo.pages["results"], sort_order=1),
        ],
    }
