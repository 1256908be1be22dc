"""The addresses below a fact sheet. `FactSheetPage.get_subpage_urls` adds them to the page."""

from django.urls import path

from factsheets.downloads import serving

subpage_urls = [
    path("download/<str:language>/", serving.serve_pdf, name="download"),
    path("download/<str:language>/versions/<int:number>/", serving.serve_pdf, name="download_version"),
    path("download/<str:language>/editable/", serving.serve_editable, name="editable"),
    path("download/<str:language>/editable/versions/<int:number>/", serving.serve_editable, name="editable_version"),
    path("cover/<str:language>/<int:number>/<int:width>/", serving.serve_cover, name="cover"),
    path("citation/<str:style>/", serving.serve_citation, name="citation"),
]
