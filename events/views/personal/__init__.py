"""What the personal link of a mail leads to: a person's own registration, without an account.

Whoever holds the link is the person. A GET shows and a POST acts: programs that look at mail follow every link in it.
"""
