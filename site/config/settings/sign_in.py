"""Accounts of staff: passwords, second factor, single sign-on, sessions and the record of access."""

from datetime import timedelta
from typing import Any

from config import environment

AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordLimitBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.password_validators.SiteWordsValidator"},
]
LOGIN_URL = "wagtailadmin_login"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "accounts.forms.LimitedPasswordResetForm"  # noqa: S105  (a class)
# Users change their address on a separate page, with their password and a confirmation by email.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# The cookie that identifies a browser in which a user has signed in (`site/accounts/devices.py`). Visitors get none.
DEVICE_COOKIE_NAME = "device"
# The most failed attempts, or emails, and the seconds (`site/accounts/limits.py`). An IPv6 /64 counts as one network.
PASSWORD_LIMITS = {
    "account_and_network": (5, 900),
    "account": (20, 3600),
    "network": (100, 900),
    "reset_address": (3, 3600),
    "reset_network": (20, 3600),
    "page_and_network": (10, 900),
    "page": (300, 3600),
    "second_factor": (10, 900),
}
# Who must have a second factor: "personal_data" (administrators, and everyone who sees personal data) or "all". The
# settings for development and tests switch it "off".
SECOND_FACTOR = environment.choice("SECOND_FACTOR", ("personal_data", "all"))
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
# Off, because `site/accounts/limits.py` sets limits that do not depend on the cache.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "accounts.forms.LimitedAuthenticateForm",
    "reauthenticate": "accounts.forms.LimitedReauthenticateForm",
}
# A browser can be remembered: then it needs the second factor only once in this period.
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = timedelta(days=14)
# Single sign-on with an OpenID Connect provider (`site/accounts/single_sign_on.py`); off if no server is set.
OIDC: dict[str, Any] = {
    "server": environment.text("OIDC_SERVER").rstrip("/"),
    "name": environment.text("OIDC_NAME", "single sign-on"),
    "client_id": environment.text("OIDC_CLIENT_ID"),
    "client_secret": environment.text("OIDC_CLIENT_SECRET"),
    # The claim whose values `groups` maps to groups of this site.
    "groups_claim": environment.text("OIDC_GROUPS_CLAIM", "groups"),
    "groups": environment.mapping("OIDC_GROUPS"),
}
SOCIALACCOUNT_ADAPTER = "accounts.single_sign_on.SingleSignOnAdapter"
# A form could not redirect to another host (`form-action`), so it is a link. State and PKCE protect the redirect.
SOCIALACCOUNT_LOGIN_ON_GET = True
# Minutes without activity after which users of the admin are signed out; 0 means never.
ADMIN_IDLE_MINUTES = environment.number("ADMIN_IDLE_MINUTES", 60)
# Days for which entries of the record of access are kept; must be more than 30 (`site/accounts/records.py`).
ACCESS_RECORD_DAYS = environment.number("ACCESS_RECORD_DAYS", 365)

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
