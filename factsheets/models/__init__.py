"""Fact sheets: a page in each language, and a publication with its files that all these pages share."""

from factsheets.models.keywords import TargetGroup, Topic
from factsheets.models.pages import FactSheetIndexPage, FactSheetPage
from factsheets.models.publication import (
    Contributor,
    DownloadCount,
    FileVersion,
    Publication,
    PublicationFile,
)

__all__ = [
    "Contributor",
    "DownloadCount",
    "FactSheetIndexPage",
    "FactSheetPage",
    "FileVersion",
    "Publication",
    "PublicationFile",
    "TargetGroup",
    "Topic",
]
