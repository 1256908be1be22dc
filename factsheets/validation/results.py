"""The result of validating a file."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CoverImage:
    """A picture of the first page as WebP; sizes are in pixels."""

    width: int
    height: int
    content: bytes


@dataclass(frozen=True)
class ValidationResult:
    """The result: `issues` has codes with their values, see `issues.py`. `pages` is None for files without pages."""

    issues: list[dict[str, object]] = field(default_factory=list)
    pages: int | None = None
    covers: list[CoverImage] = field(default_factory=list)
