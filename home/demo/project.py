"""The text of the project page."""

import datetime

from home.demo.blocks import bullets, call_to_action, details, heading, link_to, point, rich, statistics, stream

FORUM_TITLE = "DigiCanTrain Forum: Empowering the Future of Cancer Care – Digital Competence and Collaborative Practice"


def content(demo):
    return {
        "lead": (
            "DigiCanTrain ran from 1 March 2023 to 28 February 2026. The project designed a training in digital "
            "skills for cancer care, piloted it with the people it was made for, and evaluated it."
        ),
        "summary": "Why the project was needed, what it set out to do, for whom it worked, and when.",
        "background": rich(
            "Few diseases touch as many people in Europe as cancer. For the year 2018 alone, 3 million new cases were "
            "expected in the 28 countries that then formed the European Union.",
            "When COVID-19 came, health care had to change within weeks. The pandemic showed what digital services "
            "have to offer: care that is more resilient, more efficient and more transparent, and easier to reach.",
            "Used well, eHealth supports dialogue between professionals and helps them respond to what people affected "
            "by cancer need. It has a firm place in the future of European health care. The technology is in use and "
            "does good; yet most professionals feel that their training has not prepared them for it.",
        ),
        "aim": rich(
            "The project was to design, pilot and evaluate a programme of education and training in digital skills: "
            "for trainers, and for clinical and non-clinical staff.",
            "The larger aim lies beyond the programme: easier access to continuing professional education, better "
            "digital skills, and eHealth technology in everyday use by all whose work is with people affected "
            "by cancer.",
        ),
        "goals": stream(
            "project/goals",
            point(
                "A skilled workforce",
                "Up-skill and re-skill the people who work in cancer care, from the hospital ward to the office.",
            ),
            point(
                "Person-centred care",
                "Support effective health care and digital cancer services that put the person first, with the eHealth "
                "technology of today.",
            ),
            point(
                "Lifelong learning",
                "Make learning throughout a career a part of higher education (EQF levels 6–8), with micro-credentials "
                "that go together with ECTS and CME credits.",
            ),
            point(
                "Access to education",
                "Bring continuing professional education to more of those who need it, whatever their role.",
            ),
        ),
        "target_groups": stream(
            "project/target-groups",
            point(
                "Clinical professionals",
                "Nurses, specialists in oncology and general medicine, and others who treat and care for people with "
                "cancer, often in multidisciplinary teams.",
            ),
            point("Non-clinical professionals", "Those who work in health care without treating patients."),
            point("Trainers and educators", "Those who teach health care professionals, in education or at work."),
            point(
                "Leaders, policymakers and organisations",
                "Those who can make digital skills a lasting part of health care: leaders, experts in governmental "
                "roles, and non-governmental organisations.",
            ),
        ),
        "impact": rich(
            "The project worked towards change in three places:",
            bullets(
                "<b>In care:</b> people affected by cancer meet professionals who are at ease with digital services "
                "and can use them in their interest.",
                "<b>In education:</b> universities and employers have a programme to build on, and learners have "
                "proof of what they can do.",
                "<b>Across Europe:</b> educators, professionals, policymakers and non-governmental organisations "
                "know one another and share what works.",
            ),
        ),
        "body": stream(
            "project/body",
            statistics(
                ("3 million", "new cancer cases expected in 2018", "in the 28 countries of the EU at that time"),
            ),
            heading("Questions and answers"),
            details(
                "Who paid for the project?",
                "The European Union, through its health programme EU4Health (grant number 101101253). DigiCanTrain is "
                "an action of Europe’s Beating Cancer Plan. The European Health and Digital Executive Agency (HaDEA) "
                "managed the grant.",
            ),
            details(
                "Who took part?",
                "Partners from six countries and European cancer organisations. Turku University of Applied Sciences "
                f"in Finland coordinated the work. More on the page {demo.link('partners', 'Partners')}.",
            ),
            details(
                "Is the project still running?",
                "No. It ended on 28 February 2026. Information about the project and its "
                f"{demo.link('results', 'results')} stay available on this site.",
            ),
            call_to_action(
                "Who learns what?",
                "Six modules, each for one audience, from trainers to experts in governmental roles.",
                link_to(demo.pages["programme"], "See the training programme"),
            ),
        ),
    }


def milestones():
    return [
        {
            "date": datetime.date(2023, 3, 1),
            "title": "The project starts",
            "text": "First day of the grant from EU4Health, the health programme of the European Union.",
        },
        {
            "date": datetime.date(2023, 3, 23),
            "end_date": datetime.date(2023, 3, 24),
            "title": "Kickoff in Turku",
            "text": "The consortium meets in Turku, Finland, and begins its work.",
        },
        {"date": datetime.date(2026, 2, 12), "title": "Final Forum", "text": f"{FORUM_TITLE}. On site and online."},
        {"date": datetime.date(2026, 2, 28), "title": "The project ends", "text": "Last day of the grant."},
    ]
