"""Applications, middleware and templates."""

from config.settings.folders import SITE_DIR

INSTALLED_APPS = [
    "home",
    "events",
    "news",
    "factsheets",
    "accounts",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.api.v2",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.wagtail_users.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_countries",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "home.http.request_log.RequestLogMiddleware",
    "home.request_totals.RequestTotalsMiddleware",
    "home.http.request_target.RequestTargetMiddleware",
    "home.http.host.HostMiddleware",
    "home.http.compression.TextCompressionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "home.http.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "home.http.security_headers.FurtherHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "home.http.security_headers.ContentSecurityPolicyMiddleware",
    "home.http.admin_host.AdminHostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "home.http.language_prefix.LanguagePrefixMiddleware",
    "django.middleware.common.CommonMiddleware",
    "home.source_texts.SourceLanguageMiddleware",
    "home.http.account_language.AccountLanguageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "home.http.body_size.BodySizeMiddleware",
    "accounts.middleware.CurrentRequestMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.IdleMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.RecentSignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "home.http.malformed_requests.MalformedRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
