"""Texts that the demo must contain, and texts that it must not copy."""

# Texts on the page at each address.
EXPECTED_TEXTS = {
    "/en/": ["EQF levels 6–8", "EU4Health", "1 March 2023 to 28 February 2026", "6 countries", "Micro-credentials"],
    "/en/project/": [
        "Digital Skills Training for Health Care Professionals in Oncology",
        "EU4Health",
        "101101253",
        "European Health and Digital Executive Agency (HaDEA)",
        "Europe’s Beating Cancer Plan",
        "Turku University of Applied Sciences",
        "3 million",
        "2018",
        "28 countries",
        "COVID-19",
        "eHealth",
        "design, pilot and evaluate",
        "EQF levels 6–8",
        "ECTS and CME credits",
        "1 March 2023",
        "Turku, Finland",
        "12 February 2026",
        "28 February 2026",
    ],
    "/en/programme/": [
        "Trainers",
        "Multidisciplinary teams",
        "Nurses",
        "Oncology and general medicine specialists",
        "Non-clinical staff",
        "Experts in governmental roles",
        "Micro-credentials",
        "ECTS",
        "CME",
        "Estonia and Greece",
    ],
    "/en/partners/": [
        "Turku University of Applied Sciences",
        "Tallinn Health Care College",
        "Finnish Institute for Health and Welfare",
        "Virpi Sulosaari",
        "Project leader",
        "six countries",
        "European cancer organisations",
        "Greece",
    ],
    "/en/results/": ["fact sheets", "Final Forum", "Kickoff in Turku"],
    "/en/news/kickoff-in-turku/": ["23 and 24 March 2023", "Turku, Finland", "success"],
    "/en/news/final-forum-2026/": [
        "12 February 2026",
        "DigiCanTrain Forum: Empowering the Future of Cancer Care – Digital Competence and Collaborative Practice",
        "health care professionals, leaders, educators, policymakers and non-governmental organisations",
        "on site and online",
        "Virpi Sulosaari",
        "A panel discussed",
    ],
    "/en/contact/": ["Project leader Virpi Sulosaari", "Turku University of Applied Sciences", "No address has been"],
    "/en/privacy/": ["Turku University of Applied Sciences", "Office of the Data Protection Ombudsman", "Article 15"],
    "/en/accessibility/": ["306/2019", "2016/2102", "Traficom", "WCAG", "within 14 days"],
}

# The sessions of the forum on the page of the event: titles, and between them the time at which the next one starts.
TIMETABLE = [
    "Registration and Welcome Coffee Break",
    "10:00",
    "Welcome words Virpi Sulosaari",
    "10:10",
    "Digital transformation in health care – Estonian perspective",
    "10:30",
    "Digital services and digital skills in Estonian cancer control plan",
    "10:50",
    "DigiCanTrain – overview of the project",
    "11:15",
    "DigiCanTrain – programme",
    "11:35",
    "Experiences of the training",
    "12:00",
    "Buffet Lunch – networking",
    "13:00",
    "Digital intervention in cancer care",
    "13:25",
    "DigiCanTrain – main results, key learning and way forward",
    "14:00",
    "Empowering health care workforce: The EU’s Vision for a Digital Health Future",
    "14:20",
    "Coffee Break – networking",
    "14:50",
    "Panel discussions",
    "15:40",
    "Summarising panel discussions",
    "15:50",
    "Concluding words and farewell",
]

# Hashes of sequences of seven words of the project's earlier public text, one starting at every second word.
EARLIER_TEXT = (
    "10671f44 9c856679 34c62292 6d68ffba 09ac6aab 2017ff99 54510246 5fcd3848 827e7258 bb40fdf5 b85fb231 a2944bff "
    "c3ac22f5 76da7619 b47aa1f8 510ac0c5 5a4c3b47 4ec7ebd2 d78d4da7 75c5c9d7 02f07206 8c5c2769 be8ea9ee 01099337 "
    "d3c8641a 9dda2f1a 7cb295ce c2cdbee8 8ddba972 0ad434d5 2745596c 406717df 2e27e6f4 2e253566 b6307154 1a281599 "
    "f6277430 2e5e9649 f1b8b408 00cc87fd 4171f36f 97797780 3fbbc9ff 861d88b6 a41458d4 a3d741da ae38af94 c7236b2c "
    "6ae3511e e0ef2851 a8c365ea 86e12e89 e961a7c5 9ef441b0 383c96bb d8e66235 b1f2d13a 82e8fbc1 2b250562 6ef38ca8 "
    "b003beb8 829ec13b 2da07485 7709b2d6 fbf2825f e3b49cc1 9b340c06 cef20568 4720fa8a 9c22777e fd40ebef 839c39ae "
    "98cda3d4 d004e71f 99225f41 e03c48b4 b36fb4fc 855bac22 2a52cf57 dcf4e3d7 7b67a7d1 e0fd9d1f 33099d83 f1ceed00 "
    "b27cb071 c5e516a8 81c56666 c9ceb10b f3a87f50 338e68d3 5e443436 aef28819 0085ebd2 b42ac294 d783287f 7103059e "
    "50292052 e8ae9d01 44c810bf 1e218f3e 510ac0c5 1c4e9067 188c44c9 89371e17 cc53368e 5a55ad60 bcd6735e d777353f "
    "ab387804 32303331 5a7b73b6 8aaa1a4a 0c2034c0 4bf52bf5 77085b6a 469782f2 4e5352f1 6f5ba025 ef5cef8f 975302ae "
    "d9b0e71d c2b4d3cf cda9953b c611a515 6486a7e7 2c311259 8c2f880e 4755a732 29168d13 94ad958a d7f7da3b 4ea55aee "
    "52848115 d2ab631f 81d3e475 f0ff77b7 5aab30ab c3a7fa82 1d58d9d7 b85c6c07 e8d89a76 a37f4800 4e18782f 0b8343fa "
    "008a0a27 c98b2970 85fd58e3 e41369d9 b85d67da e6452be4 fd1ed499 5cd6c6d2 ef6a03cb 4c70e937 583ee2ba a26a12e3 "
    "dcb45c44 5cf4b213 29b6a468 753974fa 36f03918 b9c842ea 4e8acc3b 93042639 2db686b7 59c2ecdc 8f070bce "
)
