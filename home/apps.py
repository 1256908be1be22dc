from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Project site")

    def ready(self):
        from home import signals  # noqa: F401, PLC0415  (receivers are registered by the import, once the models are there)
