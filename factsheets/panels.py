from wagtail.admin.panels import Panel

from factsheets.page_builders import page_builders


class FilesPanel(Panel):
    """Shows the files of a fact sheet with the results of their checks, and links to the screens that change them."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "factsheets/admin/files_panel.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            page = self.instance
            context["listing"] = page_builders.file_listing(page.publication, self.request.user) if page.pk else None
            return context
