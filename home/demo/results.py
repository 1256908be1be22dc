"""The text of the results page. No deliverable or publication is publicly known yet."""

import datetime

from home.demo.blocks import rich
from home.demo.project import FORUM_TITLE


def content(demo):
    return {
        "lead": (
            "The results of the project in one place: its milestones, and its reports, fact sheets and publications as "
            "the consortium releases them."
        ),
        "summary": "Milestones, deliverables, fact sheets and publications of the project.",
        "introduction": rich(
            "The main result is the training programme, which was designed, piloted and evaluated between 2023 and "
            "2026. The main results and key learning were presented at the "
            f"{demo.link('forum', 'Final Forum')} on 12 February 2026.",
            "Deliverables and publications are listed here when the consortium releases them.",
        ),
    }


def milestones():
    return [
        {
            "date": datetime.date(2023, 3, 23),
            "title": "Kickoff in Turku",
            "text": "The consortium met in Turku, Finland, on 23 and 24 March 2023 and began its work.",
        },
        {
            "date": datetime.date(2026, 2, 12),
            "title": "Final Forum",
            "text": f"{FORUM_TITLE}. On site and online.",
        },
    ]
