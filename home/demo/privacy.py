"""The text of the privacy notice, which describes how this site actually processes personal data."""

import datetime

from home.demo.blocks import bullets, heading, stream, table, text

REVIEWED_ON = datetime.date(2026, 11, 22)


def content(demo):
    return {
        "lead": (
            "You can read this site without giving us any personal data. It sets no cookies for readers, loads nothing "
            "from other sites, and does not track you."
        ),
        "summary": "Which personal data this site processes, why, and what your rights are.",
        "reviewed_on": REVIEWED_ON,
        "body": stream(
            "privacy/body",
            heading("Who is responsible"),
            text(
                "The controller of the personal data on this site is Turku University of Applied Sciences, Finland, "
                "the coordinator of the project. You can contact it and its data protection officer using the contact "
                'details on its website, <a href="https://www.turkuamk.fi/">turkuamk.fi</a>. Please say that your '
                "message is about the DigiCanTrain website.",
            ),
            heading("What we process, and why"),
            table(
                "Personal data on this site",
                ["Data", "What for", "Legal basis (GDPR)"],
                [
                    "Server logs: time, address of the page, your IP address, type of browser",
                    "To keep the site secure and working",
                    "Public interest, Article 6(1)(e)",
                ],
                [
                    "Names, roles and organisations of people in the project, and of speakers",
                    "To show who is responsible for the work",
                    "Public interest, Article 6(1)(e)",
                ],
                [
                    "User name, name and email address of editors",
                    "To let them sign in, and to record who changed what",
                    "Public interest, Article 6(1)(e)",
                ],
                [
                    "Registrations for events: name, email address and your answers in the form",
                    "To organise the event and send you the information you need",
                    (
                        "Contract, Article 6(1)(b); for sensitive answers and photos your consent, Articles 9(2)(a) and "
                        "6(1)(a)"
                    ),
                ],
                [
                    "Your messages to us: name, email address, subject and text",
                    "To reply to you",
                    "Public interest, Article 6(1)(e)",
                ],
            ),
            heading("What this means in practice"),
            text(
                bullets(
                    "<b>Reading:</b> no cookies, no storage in your browser, no visitor statistics by scripts.",
                    "<b>Other sites:</b> fonts, images and scripts all come from this site. A video on another site opens "
                    "only when you follow its link.",
                    "<b>Language:</b> the language is part of the page’s address and is not stored.",
                    "<b>Forms:</b> a registration form sets one cookie that protects the form. It is strictly necessary "
                    "and is deleted when you close the browser. The form of the contact page sets none.",
                    "<b>Editors:</b> signing in sets two cookies, one for the session and one that protects forms. Both "
                    "are strictly necessary and need no consent.",
                ),
            ),
            heading("Who has access, and how long we keep the data"),
            text(
                "Everything published on this site is public. Only the people who run the site and its server for the "
                "controller have access to other data. We do not sell data or use them for advertising, and we make no "
                "automated decisions about you.",
                "The organisers of an event see its registrations. Answers about diet or access needs are encrypted, "
                "visible to few people, and deleted 14 days after the event. 180 days after the event your registration "
                "becomes anonymous: only statistics remain. With the personal link in our emails you can view, correct, "
                "download and delete your data and withdraw your consent.",
                "We delete logs when they are no longer needed for security, names when the page that shows them is "
                "removed, and accounts when they are no longer used. Messages from the contact page are deleted twelve "
                "months after they arrive.",
            ),
            heading("Your rights"),
            text(
                "Under the General Data Protection Regulation (GDPR) you have the right to:",
                bullets(
                    "know which data about you we process, and get a copy (Article 15)",
                    "have wrong data corrected (Article 16)",
                    "have data deleted where the law allows it (Article 17)",
                    "have the processing restricted while a question is open (Article 18)",
                    "receive your data in a machine-readable format (Article 20)",
                    "withdraw your consent at any time (Article 7)",
                    "object to the processing for reasons relating to your situation (Article 21)",
                ),
                "Write to the controller. You receive a reply within one month.",
            ),
            heading("Complaints"),
            text(
                "If you think that the processing of your data breaks the law, you can complain to the supervisory "
                'authority: in Finland the <a href="https://tietosuoja.fi/">Office of the Data Protection '
                "Ombudsman</a>, or the authority of the country where you live or work (Article 77).",
            ),
        ),
    }
