"""The words of the home page."""

from home.demo.blocks import link_to, point, statistics, stream


def content(demo):
    return {
        "title": "DigiCanTrain",
        "slug": "home",
        "headline": "Training Europe’s cancer care workforce in digital skills",
        "lead": (
            "Most health professionals feel that their training has not prepared them for digital change. From 2023 to "
            "2026, partners from six countries designed, piloted and evaluated a programme to change that in cancer "
            "care."
        ),
        "summary": (
            "DigiCanTrain is a digital skills training for everyone who works in cancer care in Europe, "
            "with or without a clinical role."
        ),
        "actions": stream(
            "home/actions",
            ("link", link_to(demo.pages["programme"], "See the training programme")),
            ("link", link_to(demo.pages["project"], "About the project")),
        ),
        "goals_heading": "What the project set out to do",
        "goals": stream(
            "home/goals",
            point(
                "Skills for today’s work",
                "People who work in cancer care learn the digital skills that their work now calls for, and refresh "
                "those they have.",
            ),
            point(
                "Digital care around the person",
                "Health care and digital cancer services become more effective, and they start from the person "
                "who needs them.",
            ),
            point(
                "Learning that counts",
                "Micro-credentials stand beside ECTS and CME credits, so that learning alongside work is recognised.",
            ),
            point(
                "A way in for everyone",
                "Continuing professional education comes within reach of more people, in clinical roles and in others.",
            ),
        ),
        "audiences_heading": "Who it is for",
        "audiences": stream(
            "home/audiences",
            point(
                "Health care professionals",
                "Nurses, specialists in oncology and general medicine, and the multidisciplinary teams they work in.",
            ),
            point("Trainers and educators", "Those who pass digital skills on to others, with a module of their own."),
            point("Non-clinical staff", "Colleagues who do not treat patients and yet are part of their care."),
            point(
                "Leaders and policymakers",
                "Experts in governmental roles, and everybody who decides how digital skills become part of care.",
            ),
        ),
        "body": stream(
            "home/body",
            statistics(
                ("3 years", "of work together", "1 March 2023 to 28 February 2026"),
                ("6 countries", "with partners in the consortium", "and European cancer organisations"),
                ("6 modules", "each made for one audience", "from trainers to experts in governmental roles"),
                ("6–8", "levels of the European Qualifications Framework", "from bachelor’s degree to doctorate"),
            ),
        ),
    }
