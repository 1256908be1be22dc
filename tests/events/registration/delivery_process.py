"""Send due emails in a separate process, for tests that kill it or run two at once."""

import sys

import django
from django.conf import settings


def main(port: str) -> None:
    django.setup()
    settings.EMAIL_BACKEND = "home.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", int(port), 30
    from events.registration.mail.delivery import deliver_due

    sys.stdout.write(f"{deliver_due()}\n")


if __name__ == "__main__":
    main(sys.argv[1])
