"""The API of the admin. Wagtail's scripts and the translation editor read it."""

from __future__ import annotations

from typing import Any

from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet

# The API leaves out this field for originals: they are private and have no address.
WITHOUT_ADDRESS = "download_url"


class ImagesViewSet(ImagesAdminAPIViewSet):
    meta_fields = [name for name in ImagesAdminAPIViewSet.meta_fields if name != WITHOUT_ADDRESS]
    listing_default_fields = [name for name in ImagesAdminAPIViewSet.listing_default_fields if name != WITHOUT_ADDRESS]
    nested_default_fields = [name for name in ImagesAdminAPIViewSet.nested_default_fields if name != WITHOUT_ADDRESS]


class PagesViewSet(PagesAdminAPIViewSet):
    """The endpoint for pages, without Wagtail's actions such as publish and delete.

    No script uses the actions, and they bypass the rules of this site: only the screens of the admin call
    `HeldBackMixin.publish` and the hooks around deleting and moving.
    """

    actions: dict[str, Any] = {}


ENDPOINTS = {"images": ImagesViewSet, "pages": PagesViewSet}
