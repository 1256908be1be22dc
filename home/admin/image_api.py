"""Images in the API of the admin, which the translation editor reads."""

from __future__ import annotations

from wagtail.images.api.admin.views import ImagesAdminAPIViewSet

# Originals are private, and have no address.
WITHOUT_ADDRESS = "download_url"


class ImagesViewSet(ImagesAdminAPIViewSet):
    meta_fields = [name for name in ImagesAdminAPIViewSet.meta_fields if name != WITHOUT_ADDRESS]
    listing_default_fields = [name for name in ImagesAdminAPIViewSet.listing_default_fields if name != WITHOUT_ADDRESS]
    nested_default_fields = [name for name in ImagesAdminAPIViewSet.nested_default_fields if name != WITHOUT_ADDRESS]
