"""The partners that public pages name, and the text of the partners page."""

from home.demo.blocks import stream, text

ORGANISATIONS = {
    "turku": {
        "name": "Turku University of Applied Sciences",
        "country": "FI",
        "role": "coordinator",
        "website": "https://www.turkuamk.fi/",
        "description": (
            "Coordinated the project, from the kickoff in Turku in March 2023 to the Final Forum in February 2026."
        ),
    },
    "tallinn": {
        "name": "Tallinn Health Care College",
        "country": "EE",
        "website": "https://www.ttk.ee/",
        "description": "The Estonian partner of the project. It educates health care professionals in Tallinn.",
    },
    "thl": {
        "name": "Finnish Institute for Health and Welfare",
        "short_name": "THL",
        "country": "FI",
        "website": "https://thl.fi/",
        "description": "Finland’s national expert institute for health and welfare, and a partner of the project.",
    },
}

LEADER = {"name": "Virpi Sulosaari", "role": "Project leader"}


def content(demo):
    return {
        "lead": (
            "DigiCanTrain was the work of partners from six countries and of European cancer organisations, "
            "coordinated by Turku University of Applied Sciences in Finland."
        ),
        "summary": "The organisations and people behind the project, by country.",
        "body": stream(
            "partners/body",
            text("The training was run in Estonia and Greece, among other places."),
        ),
        "country_count": 6,
        "training_countries": ["GR"],
    }
