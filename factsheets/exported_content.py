"""The models of `factsheets` in an export of content."""

from collections.abc import Iterable

from factsheets.models import FileVersion
from home.content_export.selection import Exported


def covers(version: FileVersion) -> Iterable[str]:
    return [cover["name"] for cover in version.covers]


MODELS = [
    Exported("factsheets.Topic"),
    Exported("factsheets.TargetGroup"),
    Exported("factsheets.Publication"),
    Exported("factsheets.Contributor"),
    Exported("factsheets.PublicationFile"),
    Exported("factsheets.FileVersion", files=covers),
    Exported("factsheets.DownloadCount"),
    Exported("factsheets.FactSheetIndexPage"),
    Exported("factsheets.FactSheetPage"),
]
