"""Limits for visitors: how many forms, messages and emails are accepted, and how large a request may be."""

from config import environment

# Emails (`events/registration/mail/queue.py`)

# The most emails of an event in an hour; others wait. The form may be misused to send emails to strangers.
MAILS_PER_HOUR = environment.number("MAILS_PER_HOUR", 500)

# Public forms and their rate limits (`home/public_forms.py`, `home/rate_limits.py`)

# Seconds. A form that is sent sooner was filled in by a program.
REGISTRATION_MINIMUM_SECONDS = environment.number("REGISTRATION_MINIMUM_SECONDS", 3)
# (greatest number, period in seconds) for each scope.
RATE_LIMITS = {
    # Forms from one client. A whole university may share one address.
    "client": (environment.number("REGISTRATIONS_PER_CLIENT", 300), 600),
    # Forms with mistakes that only programs make. Above this limit, only such forms are refused.
    "client_wrong": (60, 600),
    # Forms of one client for one event.
    "client_event": (environment.number("REGISTRATIONS_PER_CLIENT_AND_EVENT", 150), 3600),
    # Submissions of one opened form.
    "form": (5, 24 * 3600),
    # Forms for one email address. Each of them sends an email.
    "address": (5, 3600),
    # Forms for addresses that differ only in tags.
    "mailbox": (10, 3600),
    # Forms for one event.
    "event": (environment.number("REGISTRATIONS_PER_EVENT", 3000), 3600),
    # Messages of one client through the contact page.
    "enquiry_client": (10, 3600),
    # Messages of everyone through the contact page. Each of them sends an email.
    "enquiry": (environment.number("ENQUIRIES_PER_HOUR", 60), 3600),
    # Requests of one client with personal links that do not exist.
    "token": (50, 600),
    # People without a registration who are added through one door link.
    "door": (200, 3600),
    # Code words that one participant enters.
    "code_word": (10, 600),
}

# Months after which messages from the contact page are deleted (`home/enquiries/retention.py`).
ENQUIRY_MONTHS = environment.number("ENQUIRY_MONTHS", 12)

# The largest request body in bytes for people who are not signed in (`home/http/body_size.py`).
PUBLIC_MAX_BODY_SIZE = 1024 * 1024
