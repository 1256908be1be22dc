from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Project site")

    def ready(self):
        # Receivers and checks are registered by the import, once the models are there.
        from home import checks, signals  # noqa: F401, PLC0415
        from home.translations import signals as translation_signals  # noqa: F401, PLC0415
