"""The folders of the project and of its data, and the version of the site."""

import tomllib
from pathlib import Path

from config import environment

BASE_DIR = Path(__file__).resolve().parents[3]
SITE_DIR = BASE_DIR / "site"
DATA_DIR = Path(environment.text("DATA_DIR") or BASE_DIR / "var")
# The version of the site. It is read when the process starts, so that processes of an earlier version can be detected.
RELEASE = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
