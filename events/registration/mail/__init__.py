"""Email about registrations: the queue, the content of each kind of email, and its delivery."""
