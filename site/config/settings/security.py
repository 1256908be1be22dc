"""Security headers, the CSRF cookie, and the keys for sensitive answers and badges."""

from config import environment
from config.settings.files import S3_MEDIA_URL

# The keys that encrypt sensitive answers, newest first (`events/registration/encryption.py`). Without one, a key that is
# derived from SECRET_KEY is used.
ANSWERS_KEY = environment.keys("ANSWERS_KEY")
# The keys that sign badges, newest first (`events/certificates/keys.py`). Without a key there are no badges.
BADGE_KEY = environment.keys("BADGE_KEY")

CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # a session cookie
CSRF_FAILURE_VIEW = "home.views.form_expired"
CSRF_COOKIE_HTTPONLY = True  # the admin's scripts read the token from the page
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Wagtail shows previews in a frame of the same site.
X_FRAME_OPTIONS = "SAMEORIGIN"

# Browser features that the site does not use. Browsers log a warning for features that they do not know.
PERMISSIONS_POLICY = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), "
    "hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), serial=(), "
    "usb=(), xr-spatial-tracking=()"
)

# The sources of images: the site, and the bucket of scaled images.
IMAGE_SOURCES = ["'self'", *(["/".join(S3_MEDIA_URL.split("/")[:3])] if S3_MEDIA_URL else [])]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        # The middleware replaces this with the folders in `PUBLIC_SCRIPT_FOLDERS` on the host of the request.
        "script-src": ["'none'"],
        "style-src": ["'self'"],
        "img-src": [*IMAGE_SOURCES, "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
    }
}
# The static folders to which `script-src` of public pages is limited. No script of the admin may be in them: attributes in a
# page control these scripts, which act with the rights of the signed-in user.
PUBLIC_SCRIPT_FOLDERS = ["js/", "events/js/"]
# The Wagtail admin uses inline styles (docs/decisions/0071).
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": ["'self'"],
    "script-src-attr": ["'none'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": [*IMAGE_SOURCES, "data:", "blob:"],
    "frame-src": ["'self'"],
}
