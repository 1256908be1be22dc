"""Compare the pinned packages with the list of known vulnerabilities: `python -m tests.audit`.

The exit status is 1 for a vulnerability. It is 2 if packages could not be checked and the variable CI is set, so that a
check that did not happen does not look like one without findings.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

COMMAND = [
    sys.executable,
    "-m",
    "pip_audit",
    "--require-hashes",
    "--disable-pip",
    "--format=json",
    "-r",
    "requirements.txt",
]


def findings(report: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return one line for each vulnerability, and the names of the packages that were not checked."""
    vulnerable, unchecked = [], []
    for package in report["dependencies"]:
        if "skip_reason" in package:
            unchecked.append(package["name"])
        for found in package.get("vulns", ()):
            fixed = ", ".join(found["fix_versions"]) or "no version"
            vulnerable.append(f"{package['name']} {package['version']}: {found['id']}, mended in {fixed}")
    return vulnerable, unchecked


def main() -> int:
    answer = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    try:
        vulnerable, unchecked = findings(json.loads(answer.stdout))
    except ValueError:
        vulnerable, unchecked = [], ["all packages"]
    for line in vulnerable:
        sys.stdout.write(f"{line}\n")
    if unchecked:
        sys.stdout.write(
            f"NOT checked, because the list of vulnerabilities could not be read: {', '.join(unchecked)}. "
            "Run this where it can be reached.\n"
        )
    if not vulnerable and not unchecked:
        sys.stdout.write("No known vulnerabilities.\n")
    if vulnerable:
        return 1
    return 2 if unchecked and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
