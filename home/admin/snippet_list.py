"""The screens of snippets in several languages, such as organisations and categories."""

from django.conf import settings
from django.utils.functional import cached_property
from wagtail.models import Locale
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from home.admin.deletion import DeleteSnippetView
from home.translations import permissions


class SnippetListView(IndexView):
    """Wagtail's list, with links only to what the user may edit in the language of the row."""

    @cached_property
    def _is_editable(self):
        return permissions.editable(self.request.user, self.model)

    def get_edit_url(self, instance):
        return super().get_edit_url(instance) if self._is_editable(instance) else None

    def get_add_url(self):
        locale = self.locale or Locale.objects.get(language_code=settings.LANGUAGE_CODE)
        return super().get_add_url() if permissions.may_add(self.request.user, self.model, locale) else None


class TranslatedSnippetViewSet(SnippetViewSet):
    index_view_class = SnippetListView
    delete_view_class = DeleteSnippetView
    delete_template_name = DeleteSnippetView.template_name
    copy_view_enabled = False
