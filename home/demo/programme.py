"""The texts of the training programme, its modules, and the page about levels and credits."""

from home.demo.blocks import call_to_action, details, heading, link_to, rich, stream, table, text


def content(demo):
    return {
        "lead": (
            "One training programme with six modules. Each is for one target group, from trainers to experts in "
            "governmental roles."
        ),
        "summary": "The six modules of the training, their target groups, levels and credits: EQF levels 6–8, ECTS, CME.",
        "introduction": rich(
            "The training was designed, piloted and evaluated in the project. It is for everyone who works in "
            "cancer care, and for their trainers. Find the module for your work.",
        ),
        "approach_text": rich(
            "All modules have the same aim: confident use of eHealth technology for person-centred care. Each module is "
            "adapted to the role of its target group in cancer care.",
            f"At the {demo.link('forum', 'Final Forum')} in February 2026, trainers and participants from Estonia and "
            "Greece presented their experiences.",
        ),
        "place_text": "The training was run in Estonia and Greece, among other places.",
        "eqf_from": 6,
        "eqf_to": 8,
        "credits_text": rich(
            "The programme belongs to higher education, at levels 6 to 8 of the European Qualifications Framework "
            "(EQF). Micro-credentials record what a learner has achieved. They complement ECTS credits in higher education "
            "and CME credits in continuing medical education.",
            f"New to these terms? {demo.link('levels', 'Levels and credits explained')}",
        ),
    }


def modules():
    return [
        {
            "title": "Trainers",
            "audience": "People who train health care professionals",
            "description": rich("For people who will train others."),
        },
        {
            "title": "Multidisciplinary teams",
            "audience": "Teams of several professions in cancer care",
            "description": rich(
                "eHealth can make communication between professions easier. This module is for teams that want to use it "
                "together."
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
            "description": rich("eHealth technology and digital cancer services for doctors."),
        },
        {
            "title": "Non-clinical staff",
            "audience": "Staff in cancer care who do not treat patients",
            "description": rich(
                "Digital care also depends on non-clinical staff. This module is for people who support clinical work."
            ),
        },
        {
            "title": "Experts in governmental roles",
            "audience": "Experts who work on health in government",
            "description": rich("For people who prepare decisions about digital skills in health care."),
        },
    ]


def levels(demo):
    """The content page about levels and credits."""
    return {
        "lead": "What the abbreviations mean, and how the training is recognised.",
        "summary": "EQF, ECTS, CME and micro-credentials explained.",
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
                "A record of what a learner has achieved in a short course, with the standard against which it was "
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
