"""The texts of the demo's fact sheets in English. The demo's catalogues hold the translations.

Each fact sheet is shown as a page and typeset as a PDF. In `sections`, a string is a paragraph, a list holds bullet
points, and a dictionary is a table.
"""

from typing import Any

INDEX = {
    "title": "Fact sheets",
    "slug": "fact-sheets",
    "lead": "Short publications about the project in four languages: read them here, download them and share them.",
    "summary": "Short publications about the project to read, download and share.",
}

TOPICS = {"project": "The project", "training": "Training", "events": "Events"}
TARGET_GROUPS = {
    "professionals": "Health care professionals",
    "educators": "Educators",
    "policymakers": "Policymakers",
    "public": "General public",
}

GLANCE = {
    "title": "DigiCanTrain at a glance",
    "slug": "digicantrain-at-a-glance",
    "lead": "Why the project was needed, what it did, and who took part.",
    "summary": "Two pages about why the project was needed, what it did and who took part.",
    "cover_alt": "Title page with linked circles, the key messages in a tinted box and three large figures below.",
    "messages": [
        "Digital tools are used in all areas of cancer care, but most health professionals feel that they lack training.",
        (
            "DigiCanTrain developed, tested and evaluated digital skills training for clinical staff, non-clinical staff "
            "and trainers."
        ),
        (
            "The training covers levels 6 to 8 of the European Qualifications Framework. It gives ECTS and CME credits and "
            "micro-credentials."
        ),
    ],
    "figures": [
        ("6", "countries with partners in the consortium"),
        ("3 years", "from March 2023 to February 2026"),
        ("EQF 6–8", "levels of the training"),
    ],
    "sections": [
        {
            "heading": "Why it was needed",
            "content": [
                (
                    "Few diseases are as common in Europe as cancer. For 2018, 3 million new cases were expected in the "
                    "28 countries that then belonged to the European Union."
                ),
                (
                    "The COVID-19 pandemic showed how quickly digital services can change care. They can make it more "
                    "resilient, efficient and transparent, and easier to access."
                ),
                (
                    "eHealth technology helps professionals and people affected by cancer to stay in contact. To use it "
                    "well, professionals need training."
                ),
            ],
        },
        {
            "heading": "What the project did",
            "content": [
                (
                    "The partners developed an education and training programme, tested it and evaluated it. The programme "
                    "is for three groups:"
                ),
                [
                    "trainers",
                    "clinical health care professionals",
                    "non-clinical staff who work with people affected by cancer",
                ],
                (
                    "Its aim is effective and person-centred care, with professionals who can use digital services and "
                    "current eHealth technology."
                ),
            ],
        },
        {
            "heading": "Who took part",
            "content": [
                (
                    "Turku University of Applied Sciences in Finland coordinated the project. Virpi Sulosaari led it. "
                    "Partners from six countries took part, among them Tallinn Health Care College in Estonia and the "
                    "Finnish Institute for Health and Welfare (THL), together with European cancer organisations. The "
                    "training also took place in Greece."
                ),
                {
                    "caption": "The project in brief",
                    "columns": ["What", "Details"],
                    "rows": [
                        ["Funding programme", "EU4Health, as an action of Europe’s Beating Cancer Plan"],
                        ["Grant agreement", "101101253"],
                        ["Granting authority", "European Health and Digital Executive Agency (HaDEA)"],
                        ["Period", "1 March 2023 to 28 February 2026"],
                        ["Coordinator", "Turku University of Applied Sciences"],
                        ["Project leader", "Virpi Sulosaari"],
                    ],
                },
            ],
        },
    ],
}

GOALS = {
    "title": "Goals and levels of the training",
    "slug": "goals-and-levels-of-the-training",
    "lead": "What the training aims for, who it is for, and which credits it gives.",
    "summary": "The goals of the training, its target groups, levels and credits.",
    "cover_alt": "Title page with linked circles, the key messages in a tinted box and three large figures below.",
    "messages": [
        "The training builds and updates the digital skills of people who work in cancer care.",
        "Its modules are for six groups, from nurses to experts in governmental roles.",
        "It covers EQF levels 6 to 8 and offers micro-credentials for short units of learning.",
    ],
    "figures": [
        ("6", "groups with modules of their own"),
        ("EQF 6–8", "from bachelor’s to doctoral level"),
        ("3", "kinds of recognition: ECTS, CME, micro-credentials"),
    ],
    "sections": [
        {
            "heading": "Goals",
            "content": [
                [
                    "Better access to continuing professional education for people who work in cancer care.",
                    "Stronger digital skills among clinical and non-clinical professionals.",
                    "Confident use of eHealth technology in work with people affected by cancer.",
                    "Lifelong learning as an established part of higher education.",
                ],
            ],
        },
        {
            "heading": "Target groups",
            "content": [
                "There is a module for each of these groups:",
                [
                    "trainers",
                    "multidisciplinary teams",
                    "nurses",
                    "specialists in oncology and general medicine",
                    "non-clinical staff",
                    "experts in governmental roles",
                ],
            ],
        },
        {
            "heading": "Levels",
            "content": [
                (
                    "The European Qualifications Framework (EQF) has eight levels, which make qualifications comparable "
                    "between countries. The training covers the three highest levels."
                ),
                {
                    "caption": "Levels of the training",
                    "columns": ["Level", "Comparable to"],
                    "rows": [
                        ["EQF 6", "Bachelor’s degree"],
                        ["EQF 7", "Master’s degree"],
                        ["EQF 8", "Doctorate"],
                    ],
                },
            ],
        },
        {
            "heading": "Credits",
            "content": [
                (
                    "Health professionals can earn ECTS credits in higher education and CME credits in continuing medical "
                    "education. Micro-credentials certify what a person has learned in a short course. They can be "
                    "collected while working."
                ),
            ],
        },
    ],
}

FORUM = {
    "title": "The forum’s programme",
    "slug": "programme-of-the-forum",
    "lead": "Aims, audience and timetable of the Final Forum on 12 February 2026.",
    "summary": "Aims, audience and timetable of the Final Forum on 12 February 2026.",
    "cover_alt": "Title page with linked circles and the key messages in a tinted box; the timetable follows.",
    "messages": [
        "The forum presented the results of the project, above all on digital literacy and competences.",
        "It discussed new ideas and good practice in person-centred digital cancer care.",
        "It brought together people who want to make digital skills an established part of health care.",
    ],
    "figures": [],
    "sections": [
        {
            "heading": "The event",
            "content": [
                (
                    "The full title of the day was “DigiCanTrain Forum: Empowering the Future of Cancer Care – Digital "
                    "Competence and Collaborative Practice”. It took place on 12 February 2026, on site and online."
                ),
                (
                    "It was for health care professionals, leaders, educators, policymakers, non-governmental "
                    "organisations and the DigiCanTrain consortium."
                ),
            ],
        },
        {
            "heading": "Timetable",
            "content": [
                {
                    "caption": "Timetable of 12 February 2026 (local time at the venue)",
                    "columns": ["Time", "Session", "Speaker or place"],
                    "rows": [
                        ["9.30–10.00", "Registration and Welcome Coffee Break", ""],
                        ["10.00", "Welcome words", "Virpi Sulosaari, Project Leader"],
                        ["10.10", "Digital transformation in health care – Estonian perspective", "Talk"],
                        ["10.30", "Digital services and digital skills in Estonian cancer control plan", "Talk"],
                        ["10.50", "DigiCanTrain – overview of the project", "Talk, time for questions"],
                        ["11.15", "DigiCanTrain – programme", "Talk"],
                        [
                            "11.35",
                            "Experiences of the training",
                            "Trainer and participant from Estonia and Greece, time for questions",
                        ],
                        ["12.00", "Buffet Lunch – networking", "Restaurant Senso"],
                        ["13.00", "Digital intervention in cancer care", "Talk"],
                        [
                            "13.25",
                            "DigiCanTrain – main results, key learning and way forward",
                            "Talk, time for questions",
                        ],
                        [
                            "14.00",
                            "Empowering health care workforce: The EU’s Vision for a Digital Health Future",
                            "Talk",
                        ],
                        ["14.20", "Coffee Break – networking", ""],
                        [
                            "14.50",
                            "Panel discussions",
                            "Facilitating future collaboration between European stakeholders",
                        ],
                        ["15.40", "Summarising panel discussions", ""],
                        ["15.50", "Concluding words and farewell", ""],
                    ],
                },
                "A session without an end time lasted until the next one started.",
            ],
        },
    ],
}

SHEETS: dict[str, dict[str, Any]] = {"glance": GLANCE, "goals": GOALS, "forum": FORUM}
