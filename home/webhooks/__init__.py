"""Webhooks: requests that tell other systems when public pages are published, unpublished or changed.

`payloads` makes the content of the requests, `signing` their signatures, and `queue` sends them.
"""
