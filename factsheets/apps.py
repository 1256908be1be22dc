from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactSheetsConfig(AppConfig):
    name = "factsheets"
    verbose_name = _("Fact sheets")

    def ready(self):
        from factsheets import signals  # noqa: F401, PLC0415  (receivers are registered by the import, once the models are there)
