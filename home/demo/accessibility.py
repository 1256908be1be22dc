"""The accessibility statement, in the model form of Implementing Decision (EU) 2018/1523."""

import datetime

from home.demo.blocks import rich

ASSESSED_ON = datetime.date(2026, 11, 22)


def content(demo):
    return {
        "lead": (
            "How accessible this site is, what is still to be done, and whom to tell if something stands in your way."
        ),
        "summary": "How accessible this site is, and whom to tell if something stands in your way.",
        "scope": rich(
            "Turku University of Applied Sciences, the coordinator of DigiCanTrain, wants everybody to be able to use "
            "this site, in accordance with Finland’s Act on the Provision of Digital Services (306/2019), which brings "
            "Directive (EU) 2016/2102 into national law.",
            "This statement applies to the public pages of the project’s site in English, Finnish, Estonian and Greek.",
        ),
        "status": "partial",
        "non_compliance": rich(
            "The site was built to the Web Content Accessibility Guidelines (WCAG) 2.2, levels A and AA, which go "
            "further than the law asks. We know of no content that fails them, and yet call the site partially "
            "compliant, because the assessment is not complete: people who rely on screen readers have not yet tried "
            "it in all four languages. Until then we cannot rule out faults that automatic tests do not find.",
        ),
        "disproportionate_burden": "",
        "out_of_scope": "",
        "prepared_on": ASSESSED_ON,
        "assessment_method": "self",
        "assessment_text": rich(
            "The developers of the site checked every type of page in all four languages: with automatic tests for "
            "WCAG 2.2, in light and dark colours, on narrow and wide screens, and by using the pages from the keyboard "
            "alone."
        ),
        "reviewed_on": ASSESSED_ON,
        "feedback": rich(
            "Did you meet a barrier, or do you need something from this site in another form? Please tell us which "
            "page it is about and what went wrong. We answer within two weeks.",
            "<i>To the coordinator: the address shown here is a placeholder. Please replace it before the site "
            "is made public.</i>",
        ),
        "feedback_email": "accessibility@example.org",
        "response_days": 14,
        "enforcement": rich(
            "If our answer does not satisfy you, or if none has come within two weeks, you can complain to the "
            "authority that supervises digital accessibility in Finland, the Finnish Transport and Communications "
            "Agency Traficom. Its website explains how to complain and how the matter is dealt with."
        ),
        "supervisor_name": "Finnish Transport and Communications Agency Traficom",
        "supervisor_url": "https://www.saavutettavuusvaatimukset.fi/",
    }
