"""The targets of the Makefile: what they would run."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def commands(*arguments: str) -> str:
    result = subprocess.run(["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    return result.stdout.replace("\\\n", " ")


def test_the_demo_knows_its_port_and_runs_scheduled_tasks():
    lines = commands("serve", "PORT=8123").splitlines()
    tick = next(line for line in lines if " tick --every " in line)
    assert tick.count("BASE_URL=http://127.0.0.1:8123 ") == 2
    assert "manage.py runserver 127.0.0.1:8123" in tick
    assert "trap 'kill $tick" in tick


def test_hooks_run_the_commands_of_make_lint():
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    (imports,) = (line.strip() for line in commands("lint").splitlines() if "lint-imports" in line)
    assert f"entry: env {imports}" in hooks
