from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("Project site")

    def ready(self):
        # Importing these modules registers checks and signal receivers. They need loaded models.
        from django.db.backends.signals import connection_created  # noqa: PLC0415
        from django.db.models import SlugField  # noqa: PLC0415
        from wagtail.admin.forms.models import register_form_field_override  # noqa: PLC0415

        from home import checks, signals  # noqa: F401, PLC0415
        from home.admin import date_fields, form_widgets, wagtail_words  # noqa: PLC0415
        from home.collation import add_collations  # noqa: PLC0415
        from home.enquiries import views as enquiry_views  # noqa: PLC0415
        from home.layout import Layout  # noqa: PLC0415
        from home.models import BasePage, ContactPage  # noqa: PLC0415
        from home.models.page_context import register_page_context  # noqa: PLC0415
        from home.press_pack import page_context as press_context  # noqa: PLC0415
        from home.slow_queries import log_slow_queries  # noqa: PLC0415
        from home.slugs import TransliteratedSlugField, TransliteratedSlugInput  # noqa: PLC0415
        from home.tasks import signals as task_signals  # noqa: F401, PLC0415
        from home.translations import signals as translation_signals  # noqa: F401, PLC0415
        from home.translations.editor_dates import translate_dates  # noqa: PLC0415
        from home.translations.image_blocks import skip_blocks_without_image  # noqa: PLC0415

        connection_created.connect(add_collations, dispatch_uid="collations")
        connection_created.connect(log_slow_queries, dispatch_uid="slow-queries")
        register_page_context(BasePage, lambda page, request: {"layout": Layout(request, page=page)})
        date_fields.register()
        form_widgets.register()
        wagtail_words.register()
        skip_blocks_without_image()
        translate_dates()
        register_page_context(ContactPage, enquiry_views.page_context)
        register_page_context(ContactPage, press_context)
        register_form_field_override(
            SlugField, override={"form_class": TransliteratedSlugField, "widget": TransliteratedSlugInput}
        )
