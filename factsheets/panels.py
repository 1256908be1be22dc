"""What the editor of a fact sheet sees of its files: languages, what the checks found, the way to change them."""

from wagtail.admin.panels import Panel


class FilesPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "factsheets/admin/files_panel.html"

        def get_context_data(self, parent_context=None):
            from factsheets.admin.file_listing import shelf_of  # noqa: PLC0415  (the models bring this panel along)

            context = super().get_context_data(parent_context)
            page = self.instance
            context["shelf"] = shelf_of(page.publication, self.request.user) if page.pk else None
            return context
