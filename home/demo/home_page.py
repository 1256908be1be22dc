"""The text of the home page."""

from home.demo.blocks import link_to, point, statistics, stream


def content(demo):
    return {
        "title": "DigiCanTrain",
        "slug": "home",
        "headline": "Training Europe’s cancer care workforce in digital skills",
        "lead": (
            "Most health professionals feel that their training has not prepared them for digital technology. From 2023 "
            "to 2026, partners from six countries designed, piloted and evaluated a training programme for cancer care."
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
                "People who work in cancer care learn the digital skills that they need at work, and update their "
                "existing skills.",
            ),
            point(
                "Person-centred digital care",
                "Health care and digital cancer services become more effective and person-centred.",
            ),
            point(
                "Learning that counts",
                "Micro-credentials complement ECTS and CME credits, so that learning at work is recognised.",
            ),
            point(
                "Access for everyone",
                "More people have access to continuing professional education, in clinical and non-clinical roles.",
            ),
        ),
        "audiences_heading": "Who it is for",
        "audiences": stream(
            "home/audiences",
            point(
                "Health care professionals",
                "Nurses, specialists in oncology and general medicine, and the multidisciplinary teams they work in.",
            ),
            point("Trainers and educators", "People who teach digital skills. The training has a module for them."),
            point("Non-clinical staff", "People who work in cancer care without treating patients."),
            point(
                "Leaders and policymakers",
                "Experts in governmental roles, and others who decide about digital skills in health care.",
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
