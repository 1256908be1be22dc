"""The API of the admin, which its scripts and the translation editor read."""

from __future__ import annotations

from typing import Any

from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet

# Originals are private, and have no address.
WITHOUT_ADDRESS = "download_url"


class ImagesViewSet(ImagesAdminAPIViewSet):
    meta_fields = [name for name in ImagesAdminAPIViewSet.meta_fields if name != WITHOUT_ADDRESS]
    listing_default_fields = [name for name in ImagesAdminAPIViewSet.listing_default_fields if name != WITHOUT_ADDRESS]
    nested_default_fields = [name for name in ImagesAdminAPIViewSet.nested_default_fields if name != WITHOUT_ADDRESS]


class PagesViewSet(PagesAdminAPIViewSet):
    """Pages without Wagtail's actions: no script uses them, and they publish and delete past the rules of this site.

    `HeldBackMixin.publish` and the hooks around deleting and moving are called by the screens only.
    """

    actions: dict[str, Any] = {}


ENDPOINTS = {"images": ImagesViewSet, "pages": PagesViewSet}
