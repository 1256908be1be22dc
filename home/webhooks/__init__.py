"""Webhooks: other systems are told when public pages are published, taken offline or changed.

`payloads` says what they are told, `signing` how they know that it comes from this site, `queue` when it is sent.
"""
