"""The words of the demo's fact sheets in the source language; the translations stand in the demo's catalogues.

A sheet is shown as a page and set as a PDF, from the same words. In `sections`, a string is a paragraph, a list holds
bullet points, and a dictionary is a table.
"""

INDEX = {
    "title": "Fact sheets",
    "slug": "fact-sheets",
    "lead": "The project on a few pages: to read here, to download and to pass on, in four languages.",
    "summary": "The project on a few pages, to read, download and pass on.",
}

TOPICS = {"project": "The project", "training": "Training", "events": "Events"}
TARGET_GROUPS = {
    "professionals": "Health care professionals",
    "educators": "Educators",
    "policymakers": "Policymakers",
    "public": "Everybody",
}

SHEETS = {
    "glance": {
        "title": "DigiCanTrain at a glance",
        "slug": "digicantrain-at-a-glance",
        "lead": "Why the project was needed, what it did, and who stood behind it.",
        "summary": "Why the project was needed, what it did and who stood behind it, on two pages.",
        "cover_alt": "Title page with linked circles, the key messages in a tinted box and three large figures below.",
        "messages": [
            (
                "Digital tools are becoming part of all cancer care. Yet most health professionals feel that nobody "
                "has "
                "trained them well enough for it."
            ),
            (
                "DigiCanTrain designed, piloted and evaluated a training in digital skills for clinical and "
                "non-clinical "
                "staff, and for those who train others."
            ),
            (
                "The training spans levels 6 to 8 of the European Qualifications Framework. Micro-credentials "
                "accompany "
                "its ECTS and CME credits."
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
                        "Cancer is one of Europe’s most common diseases. For 2018 alone, 3 million new cases were "
                        "expected "
                        "in the 28 countries that then belonged to the European Union."
                    ),
                    (
                        "The COVID-19 pandemic showed in a very short time how digital services can change the way "
                        "care is "
                        "given: it becomes more resilient, more efficient, more transparent and easier to reach."
                    ),
                    (
                        "Used well, eHealth technology keeps professionals and people affected by cancer in "
                        "conversation. "
                        "But tools alone change little where those who should work with them feel unprepared."
                    ),
                ],
            },
            {
                "heading": "What the project did",
                "content": [
                    (
                        "The partners designed an education and training programme, tried it out and evaluated it. "
                        "It is "
                        "made for three groups:"
                    ),
                    [
                        "trainers",
                        "clinical health care professionals",
                        "non-clinical staff who work with people affected by cancer",
                    ],
                    (
                        "Behind it stands one aim: care that is effective and puts the person first, with digital "
                        "services "
                        "and today’s eHealth technology in capable hands."
                    ),
                ],
            },
            {
                "heading": "Who took part",
                "content": [
                    (
                        "Turku University of Applied Sciences in Finland coordinated the project, and Virpi "
                        "Sulosaari led "
                        "it. Tallinn Health Care College in Estonia and the Finnish Institute for Health and Welfare "
                        "(THL) "
                        "were among the partners from six countries; European cancer organisations took part as "
                        "well. The "
                        "training was also run in Greece."
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
    },
    "goals": {
        "title": "Goals and levels of the training",
        "slug": "goals-and-levels-of-the-training",
        "lead": "What the training wants to change, whom it is for, and how it counts towards a qualification.",
        "summary": "What the training wants to change, whom it is for, and how it counts.",
        "cover_alt": "Title page with linked circles, the key messages in a tinted box and three large figures below.",
        "messages": [
            (
                "The training builds up and renews the digital skills of everybody who works with people affected by "
                "cancer."
            ),
            "Its modules speak to six groups, from nurses to experts in governmental roles.",
            "It belongs to EQF levels 6 to 8, and micro-credentials make small steps of learning count.",
        ],
        "figures": [
            ("6", "groups with modules of their own"),
            ("EQF 6–8", "from bachelor’s to doctoral level"),
            ("3", "kinds of recognition: ECTS, CME, micro-credentials"),
        ],
        "sections": [
            {
                "heading": "What it wants to achieve",
                "content": [
                    [
                        "Better access to continuing professional education for those who work in cancer care.",
                        "Stronger digital skills among clinical and non-clinical professionals.",
                        "Confident use of eHealth technology in work with people affected by cancer.",
                        "Lifelong learning that has a firm place in higher education.",
                    ],
                ],
            },
            {
                "heading": "Whom it is for",
                "content": [
                    "Each of these groups finds a module made for its own work:",
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
                "heading": "On which level",
                "content": [
                    (
                        "The European Qualifications Framework (EQF) sorts what people know and can do into eight "
                        "levels, "
                        "so that qualifications can be compared across borders. The training belongs to the three "
                        "highest."
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
                "heading": "How it counts",
                "content": [
                    (
                        "Two systems of credits are well known to health professionals: ECTS in higher education and "
                        "CME "
                        "in continuing medical education. Micro-credentials join them. They certify what somebody has "
                        "learned in a short course, and can be collected beside a job."
                    ),
                ],
            },
        ],
    },
    "forum": {
        "title": "The forum’s programme",
        "slug": "programme-of-the-forum",
        "lead": "The Final Forum of 12 February 2026: its aims, its audience, and the day from first coffee to "
        "farewell.",
        "summary": "Aims, audience and timetable of the Final Forum on 12 February 2026.",
        "cover_alt": "Title page with linked circles and the key messages in a tinted box; the timetable follows.",
        "messages": [
            "The forum shared what the project has found out, above all about digital literacy and competences.",
            "It discussed new ideas and good practice in digital cancer care that puts the person first.",
            "It brought together those who want to give digital skills a firm place in health care.",
        ],
        "figures": [],
        "sections": [
            {
                "heading": "The event",
                "content": [
                    (
                        "The full title of the day was “DigiCanTrain Forum: Empowering the Future of Cancer Care – "
                        "Digital "
                        "Competence and Collaborative Practice”. It took place on 12 February 2026, on site and online."
                    ),
                    (
                        "It was meant for health care professionals, leaders, educators, policymakers, "
                        "non-governmental "
                        "organisations and the DigiCanTrain consortium."
                    ),
                ],
            },
            {
                "heading": "The day",
                "content": [
                    {
                        "caption": "Timetable of 12 February 2026 (local time at the venue)",
                        "columns": ["Time", "Programme", "Who or where"],
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
                    "A part for which no end is given lasted until the next one began.",
                ],
            },
        ],
    },
}
