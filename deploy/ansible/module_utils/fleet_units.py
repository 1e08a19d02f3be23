"""What systemd says of units, and the notes of what they still have to do."""

from __future__ import annotations

import os
import subprocess

ENABLED = ("enabled", "enabled-runtime", "static", "generated", "alias")
RUNNING = ("active", "reloading")
PROPERTIES = "LoadState,ActiveState,UnitFileState,ConditionResult,ConditionTimestampMonotonic"


def show_unit(name):
    """Its properties, as systemd names and spells them."""
    shown = subprocess.run(
        ["systemctl", "show", f"--property={PROPERTIES}", "--", name], check=True, capture_output=True, text=True
    )
    return dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)


def is_enabled(shown):
    return shown.get("UnitFileState") in ENABLED


def is_running(shown):
    return shown.get("ActiveState") in RUNNING


def is_passed_over(shown):
    """systemd has tried to start it, and its own condition says that it is not for this machine."""
    tried = shown.get("ConditionTimestampMonotonic", "0") != "0"
    return tried and shown.get("ConditionResult") == "no" and shown.get("ActiveState") == "inactive"


class PendingNotes:
    """One file a unit below C(pending/), which holds C(restart) or C(reload). Survives whoever wrote it."""

    def __init__(self, state_directory):
        self.directory = os.path.join(state_directory, "pending")

    def read(self, name):
        try:
            with open(os.path.join(self.directory, name), encoding="utf-8") as stream:
                return stream.read().strip()
        except FileNotFoundError:
            return None

    def read_all(self):
        names = os.listdir(self.directory) if os.path.isdir(self.directory) else []
        # A note is written beside its place first.
        return {name: self.read(name) for name in sorted(names) if not name.startswith(".")}

    def clear(self, name):
        try:
            os.unlink(os.path.join(self.directory, name))
        except FileNotFoundError:
            pass
