from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts of staff")

    def ready(self):
        # Importing the module registers signal receivers. They need loaded models.
        from accounts import receivers  # noqa: F401, PLC0415
