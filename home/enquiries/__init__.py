"""Enquiries: messages that visitors send with the form of the contact page."""
