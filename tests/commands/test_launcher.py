"""The launcher: one line with the remedy for each way a first set-up can fail. ``uv`` is played by a script."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def launch(tmp_path: Path, uv_says: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the launcher, without environment, on a PATH whose uv fails with a message."""
    project = tmp_path / "project"
    project.mkdir()
    for name in ("motcua", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, project / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "uv").write_text(f"#!/bin/sh\necho '{uv_says}' >&2\nexit 2\n")
    (tools / "uv").chmod(0o755)
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(tmp_path)}
    return subprocess.run(
        ["bash", str(project / "motcua"), "kb", "validate"], env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("uv_says", "remedy"),
    [
        ("error: No space left on device (os error 28)", "the disk is full"),
        ("error: No interpreter found for Python 3.11", "Python 3.11 is needed"),
        ("error: Failed to download https://…/python-build-standalone/cpython-3.11", "Python 3.11 is needed"),
        ("error: error sending request for url: dns error", "needs the network"),
        ("error: something unheard of", ".venv-setup.log"),
    ],
)
def test_a_failed_set_up_says_what_to_do(tmp_path: Path, uv_says: str, remedy: str) -> None:
    done = launch(tmp_path, uv_says)
    assert done.returncode == 1
    assert remedy in done.stderr.splitlines()[-1]


def test_without_any_python_it_says_so(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("motcua", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, project / name)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "cat", "sha256sum", "cut", "dirname"):
        (tools / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [str(tools / "bash"), str(project / "motcua"), "serve"],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "needs Python 3.9" in done.stderr


def test_wrong_setting_is_one_line(tmp_path: Path) -> None:
    import sys

    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "MOTCUA_PORT": "achtzig",
        "MOTCUA_VAR": str(tmp_path),
    }
    done = subprocess.run([sys.executable, "-m", "bot", "serve"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "motcua: MOTCUA_PORT='achtzig': a whole number was expected; change or unset it"
    ]
