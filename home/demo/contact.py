"""The contact page. No address of the project is known, so its form is hidden until an editor enters one."""


def content(demo):
    return {
        "lead": (
            "Questions about the project, its training and its events go to the coordinator, Turku University of Applied "
            "Sciences in Finland."
        ),
        "summary": "Who to write to about DigiCanTrain.",
    }


def contacts(demo):
    return [{"role": "Project leader", "person": demo.snippets["leader"]}]
