"""The words of the privacy notice: what this site really does with personal data."""

import datetime

from home.demo.blocks import bullets, heading, stream, table, text

REVIEWED_ON = datetime.date(2026, 11, 22)


def content(demo):
    return {
        "lead": (
            "You can read this whole site without telling us anything. It sets no cookies for its readers, loads "
            "nothing from other hosts, and does not follow you."
        ),
        "summary": "Which personal data this site processes, why, and what your rights are.",
        "reviewed_on": REVIEWED_ON,
        "body": stream(
            "privacy/body",
            heading("Who is responsible"),
            text(
                "The controller of the personal data on this site is Turku University of Applied Sciences, Finland, "
                "the coordinator of the project. You reach it, and its data protection officer, with the contact "
                'details on its website, <a href="https://www.turkuamk.fi/">turkuamk.fi</a>. Please say that you '
                "write about the site of DigiCanTrain.",
            ),
            heading("What we process, and why"),
            table(
                "Personal data on this site",
                ["Data", "What for", "Legal basis (GDPR)"],
                [
                    "Technical log of the server: time, address of the page, your IP address, type of browser",
                    "To keep the site safe and working",
                    "Public interest, Article 6(1)(e)",
                ],
                [
                    "Names, roles and organisations of people in the project, and of speakers",
                    "To say who does the work and who can answer for it",
                    "Public interest, Article 6(1)(e)",
                ],
                [
                    "User name, name and e-mail address of editors",
                    "To let them sign in and to know who changed what",
                    "Public interest, Article 6(1)(e)",
                ],
                [
                    "Registrations for events: name, e-mail address, and what else the form asks",
                    "To let you take part, and to tell you what you need to know",
                    (
                        "Contract, Article 6(1)(b); for sensitive answers and pictures your consent, Articles 9(2)(a) and "
                        "6(1)(a)"
                    ),
                ],
                [
                    "What you write to us",
                    "To answer you",
                    "Public interest, Article 6(1)(e)",
                ],
            ),
            heading("What this means in practice"),
            text(
                bullets(
                    "<b>Reading:</b> no cookies, no storage in your browser, no counting of visitors with scripts.",
                    "<b>Other hosts:</b> fonts, pictures and scripts all come from this site. A video is loaded from "
                    "elsewhere only after you ask for it.",
                    "<b>Language:</b> it stands in the address of the page and is not remembered.",
                    "<b>Forms:</b> whoever opens the form of an event gets one cookie that protects the form. It is "
                    "necessary for that and ends with the browser.",
                    "<b>Editors:</b> whoever signs in gets two cookies, one for the session and one that protects "
                    "forms. Both are necessary for that and so need no consent.",
                ),
            ),
            heading("Who sees the data, and for how long"),
            text(
                "What is published here is there for everybody to read. All other data are seen only by those who "
                "run the site and its server for the controller. Data are neither sold nor used for advertising, and "
                "no decision about you is left to a machine.",
                "Registrations are seen by the organisers of that event. Answers about diet or access needs are encrypted, "
                "seen by few, and deleted 14 days after the event. 180 days after it your registration becomes anonymous: "
                "only numbers remain. With the personal link in our mails you can see, correct, download and delete your "
                "data yourself, and take back what you agreed to.",
                "Logs are deleted when they are no longer needed for security. Names stay as long as the page that "
                "shows them, accounts as long as somebody edits, messages until the matter is closed.",
            ),
            heading("Your rights"),
            text(
                "You may, under the General Data Protection Regulation (GDPR):",
                bullets(
                    "know which data about you are processed, and get a copy (Article 15)",
                    "have wrong data corrected (Article 16)",
                    "have data deleted where the law allows it (Article 17)",
                    "have their use limited while a question is open (Article 18)",
                    "take your data along in a form that programs can read (Article 20)",
                    "take back a consent at any time (Article 7)",
                    "object to their use, for reasons that lie in your situation (Article 21)",
                ),
                "Write to the controller; it answers within a month.",
            ),
            heading("Complaints"),
            text(
                "If you think that your data are not treated as the law demands, you can turn to the supervisory "
                'authority: in Finland the <a href="https://tietosuoja.fi/">Office of the Data Protection '
                "Ombudsman</a>, or the authority of the country where you live or work (Article 77).",
            ),
        ),
    }
