"""The publication library: pages in each language, and the publications with their files that all of them share."""

from factsheets.models.keywords import TargetGroup, Topic
from factsheets.models.publication import (
    Contributor,
    DownloadCount,
    FileVersion,
    Publication,
    PublicationFile,
)

from factsheets.models.pages import FactSheetIndexPage, FactSheetPage  # isort: skip  (they point to the above)

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
