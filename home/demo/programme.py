"""The words of the training programme's page, its modules, and the page about levels and credits below it."""

from home.demo.blocks import call_to_action, details, heading, link_to, rich, stream, table, text


def content(demo):
    return {
        "lead": (
            "One programme, six modules: each speaks to one audience, from those who teach digital skills to those "
            "who shape the conditions for them."
        ),
        "summary": "The six modules of the training, whom they are for, and how they count: EQF levels 6–8, ECTS, CME.",
        "introduction": rich(
            "The training was designed, piloted and evaluated in the project. It is meant for everyone whose work is "
            "part of cancer care, and for those who train them. Find the module that is closest to your work.",
        ),
        "approach_text": rich(
            "All modules lead to the same end: eHealth technology used with skill and confidence, for care that starts "
            "from the person. Each of them speaks to one audience and its place in cancer care.",
            "The training was tried out in practice, in Estonia and Greece among other places. At the "
            f"{demo.link('forum', 'Final Forum')} in February 2026, experiences from both countries had a place in "
            "the timetable, told by those who gave the training and those who took it.",
        ),
        "eqf_from": 6,
        "eqf_to": 8,
        "credits_text": rich(
            "The programme belongs to higher education, at levels 6 to 8 of the European Qualifications Framework "
            "(EQF). Micro-credentials record what somebody has learned. They stand beside the two kinds of "
            "credit in common use: ECTS credits in higher education, and CME credits in continuing medical education.",
            f"New to these terms? {demo.link('levels', 'Levels and credits explained')}",
        ),
    }


def modules():
    return [
        {
            "title": "Trainers",
            "audience": "People who train health care professionals",
            "description": rich(
                "Good training starts with those who give it. This module is for the people who will teach others."
            ),
        },
        {
            "title": "Multidisciplinary teams",
            "audience": "Teams of several professions in cancer care",
            "description": rich(
                "Well used, eHealth makes it easier for professions to talk to one another. This module is for teams "
                "who work on that together."
            ),
        },
        {
            "title": "Nurses",
            "audience": "Nurses in cancer care",
            "description": rich("Digital skills for person-centred nursing of people affected by cancer."),
        },
        {
            "title": "Oncology and general medicine specialists",
            "audience": "Specialists in oncology and in general medicine",
            "description": rich("eHealth technology and digital cancer services from the doctor’s point of view."),
        },
        {
            "title": "Non-clinical staff",
            "audience": "Staff in cancer care who do not treat patients",
            "description": rich(
                "Good digital care needs more than clinical staff: it depends on everybody who makes their work "
                "possible."
            ),
        },
        {
            "title": "Experts in governmental roles",
            "audience": "Experts who work on health in government",
            "description": rich(
                "For those who prepare the decisions that make room for digital skills in health care."
            ),
        },
    ]


def levels(demo):
    """The content page about levels and credits."""
    return {
        "lead": "What the letters mean, and what the training counts for in a career.",
        "summary": "EQF, ECTS, CME and micro-credentials in plain words.",
        "body": stream(
            "levels/body",
            text(
                "Countries in Europe name their degrees in many ways. Two common systems make them comparable: levels "
                "say how demanding a qualification is, credits say how much work went into it."
            ),
            heading("The levels of higher education"),
            text(
                "The European Qualifications Framework (EQF) has eight levels. The training belongs to the upper "
                "three, those of higher education."
            ),
            table(
                "EQF levels 6 to 8",
                ["EQF level", "Cycle of higher education", "Typical degree"],
                ["Level 6", "First cycle", "Bachelor’s degree"],
                ["Level 7", "Second cycle", "Master’s degree"],
                ["Level 8", "Third cycle", "Doctorate"],
            ),
            heading("The credits"),
            details(
                "What is a micro-credential?",
                "A record of what somebody has learned in a short course, with the standard against which it was "
                "checked. It belongs to the learner, who can show it to employers and universities.",
            ),
            details(
                "What are ECTS credits?",
                "The credits of the European Credit Transfer and Accumulation System. They measure work: a full year "
                "of study is 60 credits. Universities use them to recognise studies done elsewhere.",
            ),
            details(
                "What are CME credits?",
                "Credits for continuing medical education. They show that a doctor keeps learning throughout a career; "
                "other health professions have similar systems.",
            ),
            call_to_action(
                "Find your module",
                "Six audiences, six modules.",
                link_to(demo.pages["programme"], "Back to the training programme"),
            ),
        ),
    }
