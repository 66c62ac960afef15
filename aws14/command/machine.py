"""What the doctor looks at in the machine: fonts, disk, port."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from aws14.command import place, ports
from aws14.command.diagnosis import Diagnosis
from aws14.home import home

JUPYTER_PORT = 8888
_JUPYTER_TRIES = 50  # JupyterLab looks for a free port so many times (ServerApp.port_retries)
_NEEDED_BYTES = 500 * 1024**2
_FONT_FILES = {".ttf", ".otf", ".ttc", ".pfb", ".dfont"}
_FONT_FOLDERS = {
    "win32": ("%WINDIR%/Fonts", "%LOCALAPPDATA%/Microsoft/Windows/Fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
}


def fonts() -> Diagnosis:
    """Whether there is any font: drawings measure their labels with it (the browser then draws the text)."""
    found = next(font_files(), None)
    if found is None:
        return Diagnosis(ok=False, seen="no font is installed; labels of drawings would not fit", fix=_install_fonts())
    return Diagnosis(ok=True, seen=f"there are some, such as {found.name}; charts bring their own")


def font_files() -> Iterator[Path]:
    """The font files of this machine."""
    folders = _FONT_FOLDERS.get(sys.platform, _FONT_FOLDERS["linux"])
    for folder in folders:
        for path in Path(os.path.expandvars(folder)).expanduser().rglob("*"):
            if path.suffix.lower() in _FONT_FILES:
                yield path


def _install_fonts() -> str:
    if platform.system() == "Linux":
        return "sudo apt-get install -y fonts-dejavu-core"
    return "install any font, for instance DejaVu Sans from dejavu-fonts.github.io"


def disk() -> Diagnosis:
    """Whether there is room for the learner's copies and for the saved cloud."""
    folders = {_existing(place.work_folder()), _existing(home())}
    tight = {folder: shutil.disk_usage(folder).free for folder in folders}
    least = min(tight, key=lambda folder: tight[folder])
    seen = f"{tight[least] / 1024**3:.1f} GB free at {least}"
    if tight[least] < _NEEDED_BYTES:
        return Diagnosis(ok=False, seen=f"only {seen}", fix=f"make room, or set AWS14_HOME to another disk ({home()})")
    return Diagnosis(ok=True, seen=seen)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.exists():
        folder = folder.parent
    return folder


def port() -> Diagnosis:
    """Whether JupyterLab finds a port to listen on."""
    tried = range(JUPYTER_PORT, JUPYTER_PORT + _JUPYTER_TRIES)
    free = next((number for number in tried if ports.is_free(number)), None)
    if free is None:
        fix = place.verb(f"start --port {ports.free_port()}")
        return Diagnosis(ok=False, seen=f"{tried[0]} to {tried[-1]} are all taken", fix=fix)
    if free != JUPYTER_PORT:
        return Diagnosis(ok=True, seen=f"{JUPYTER_PORT} is taken; JupyterLab will take {free}")
    return Diagnosis(ok=True, seen=f"{JUPYTER_PORT} is free for JupyterLab")
