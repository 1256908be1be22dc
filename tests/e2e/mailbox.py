"""Reads the emails that a site of the browser tests has sent."""

import re

from playwright.sync_api import Page


def link_in_email(page: Page, address: str, email: str, pattern: str, subject: str = "") -> str:
    """Return the first link that matches `pattern` in the newest email to `email`, with `subject` in its subject.

    Reads the mailbox again until the link is there: an email can be listed before its file is complete.
    """
    mail = page.locator(".mailbox__item").filter(has_text=email).filter(has_text=subject).locator("a").first
    for _attempt in range(60):
        page.goto(f"{address}/demo/mail/")
        if mail.count():
            page.goto(address + str(mail.get_attribute("href")))
            if found := re.search(pattern, page.locator("main").inner_text()):
                return address + found[0]
        page.wait_for_timeout(250)
    raise AssertionError(f"no email to {email} with a link like {pattern}")


def personal_link(page: Page, address: str, email: str, subject: str = "") -> str:
    """Return the personal link in the newest email to `email`, with `subject` in its subject."""
    return link_in_email(page, address, email, r"/[a-z]{2}/registration/[\w-]{43}/", subject)
