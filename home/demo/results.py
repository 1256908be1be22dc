"""The words of the results page. No deliverable or publication is known in public yet, and none is made up."""

import datetime

from home.demo.blocks import rich
from home.demo.project import FORUM_TITLE


def content(demo):
    return {
        "lead": (
            "What the project leaves behind, in one place: milestones today, and reports, fact sheets and publications "
            "as the consortium releases them."
        ),
        "summary": "Milestones, deliverables, fact sheets and publications of the project.",
        "introduction": rich(
            "The heart of the project is its training programme, designed, piloted and evaluated between 2023 and "
            "2026. The main results and what was learned on the way were presented at the "
            f"{demo.link('forum', 'Final Forum')} on 12 February 2026.",
            "Deliverables, fact sheets and publications will be listed here, to read and to keep, as soon as the "
            "consortium has released them. A deliverable that must stay confidential will be listed without its file.",
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
