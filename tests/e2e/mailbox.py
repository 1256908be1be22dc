"""Reads the emails that a site of the browser tests has sent."""

import re

from playwright.sync_api import Page


def personal_link(page: Page, address: str, email: str, subject: str = "") -> str:
    """Return the personal link in the newest email to an address, with `subject` in its subject, from the mailbox."""
    mail = page.locator(".mailbox__item").filter(has_text=email).filter(has_text=subject).locator("a").first
    for _attempt in range(60):
        page.goto(f"{address}/demo/mail/")
        if mail.count():
            mail.click()
            found = re.search(r"/[a-z]{2}/registration/[\w-]{43}/", page.locator("main").inner_text())
            assert found, f"no personal link in the email to {email}"
            return address + found[0]
        page.wait_for_timeout(250)
    raise AssertionError(f"no email to {email}")
