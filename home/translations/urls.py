from django.urls import include, path
from wagtail_localize.views import edit_translation as library

from home.translations import (
    approval,
    assignment_views,
    batch_views,
    changed_texts,
    editor,
    glossary,
    machine_views,
    po_files,
    views,
)

app_name = "translations"
urlpatterns = [
    path("", views.OverviewView.as_view(), name="overview"),
    path("assign/", assignment_views.AssignView.as_view(), name="assign"),
    path("assigned/<int:pk>/done/", assignment_views.FinishView.as_view(), name="finish"),
    path("batch/", batch_views.BatchView.as_view(), name="batch"),
    path("start/", views.StartView.as_view(), name="start"),
    path("<int:pk>/review/", changed_texts.ReviewView.as_view(), name="review"),
    path("<int:pk>/submit/", approval.SubmitView.as_view(), name="submit"),
    path("<int:pk>/retry/", views.RetryView.as_view(), name="retry"),
]

# Replace views of wagtail-localize at the same addresses, so that its buttons and links lead here.
overrides = [
    path("localize/submit/page/<int:page_id>/", views.TranslatePageView.as_view(), name="translate_page"),
    path(
        "localize/submit/snippet/<slug:app_label>/<slug:model_name>/<str:pk>/",
        views.TranslateSnippetView.as_view(),
        name="translate_snippet",
    ),
    path("localize/jsi18n/", editor.EditorCatalog.as_view()),
    path("localize/page/<int:page_id>/convert_to_alias/", editor.refuse_alias),
    # Its reports and the list behind its choosers name drafts to everyone.
    path("localize/reports/translations/", views.OverviewView.as_view()),
    path("localize/reports/translations/results/", views.OverviewView.as_view()),
    path("localize/api/snippets/<slug:app_label>/<slug:model_name>/", views.SnippetListView.as_view({"get": "list"})),
    path(
        "localize/api/snippets/<slug:app_label>/<slug:model_name>/<str:pk>/",
        views.SnippetListView.as_view({"get": "retrieve"}),
    ),
    path("localize/update/<int:translation_source_id>/", views.UpdateView.as_view()),
    *[
        path(f"localize/translate/<int:translation_id>/{rest}/", views.require_language_permission(view))
        for rest, view in (
            ("strings/<int:string_segment_id>/edit", glossary.with_warning(library.edit_string_translation)),
            ("overrides/<int:overridable_segment_id>/edit", library.edit_override),
            ("pofile/download", library.download_pofile),
            ("pofile/upload", po_files.with_po_file(library.upload_pofile)),
            ("machine_translate", machine_views.MachineView.as_view()),
            ("preview", library.preview_translation),
            ("preview/<str:mode>", library.preview_translation),
            ("disable", editor.StopView.as_view()),
        )
    ],
]
admin_urls = [path("translations/", include((urlpatterns, app_name))), *overrides]
