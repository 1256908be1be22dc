"""The organisers' screens of events in Wagtail's admin, one module for each screen.

`urls` lists the screens of an event's registrations, `base` says who may open them.
"""
