"""The content security policy of the editor's screens; the public one is strict (`settings/base.py`)."""

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.urls import reverse


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Sends the looser policy below the admin's address and the strict one everywhere else."""

    def get_policy_parts(self, request, response, report_only=False):  # noqa: FBT002  (as in the library)
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and request.path.startswith(reverse("wagtailadmin_home")):
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY
        return parts
