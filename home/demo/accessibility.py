"""The accessibility statement, in the model form of Implementing Decision (EU) 2018/1523."""

import datetime

from home.demo.blocks import rich

ASSESSED_ON = datetime.date(2026, 11, 22)


def content(demo):
    return {
        "lead": ("How accessible this site is, what we know is missing, and how to report a barrier."),
        "summary": "How accessible this site is, and how to report a barrier.",
        "scope": rich(
            "Turku University of Applied Sciences, the coordinator of DigiCanTrain, is committed to making this "
            "site accessible, in accordance with Finland’s Act on the Provision of Digital Services (306/2019), which "
            "implements Directive (EU) 2016/2102.",
            "This statement applies to the public pages of the project’s site in English, Finnish, Estonian and Greek.",
        ),
        "status": "partial",
        "non_compliance": rich(
            "The site follows the Web Content Accessibility Guidelines (WCAG) 2.2, levels A and AA, which go further than "
            "the law requires. We know of no content that fails them. We call the site partially compliant because the "
            "assessment is not complete: screen reader users have not tested it in all four languages yet, and automatic "
            "tests do not find every fault.",
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
            "Have you found a barrier, or do you need content from this site in another format? Write to the coordinator, "
            "Turku University of Applied Sciences, using the contact details on its website, "
            '<a href="https://www.turkuamk.fi/">turkuamk.fi</a>. Please say which page it is about and what went wrong. '
            "We reply within two weeks.",
        ),
        "response_days": 14,
        "enforcement": rich(
            "If you are not satisfied with our reply, or receive none within two weeks, you can complain to the Finnish "
            "Transport and Communications Agency Traficom, which supervises digital accessibility in Finland. Its website "
            "explains how to make a complaint and how it is handled."
        ),
        "supervisor_name": "Finnish Transport and Communications Agency Traficom",
        "supervisor_url": "https://www.saavutettavuusvaatimukset.fi/",
    }
