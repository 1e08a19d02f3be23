#!/usr/bin/python
"""Places every rendered file of a host in one task."""

from __future__ import annotations

import base64
import difflib
import grp
import gzip
import json
import os
import pwd
import re
import stat
import subprocess
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.fleet_units import PendingNotes, is_enabled, is_passed_over, is_running, show_unit

DOCUMENTATION = r"""
---
module: rendered_files
short_description: Places every rendered file of a host in one task
description:
  - Makes the host's files what the renderer says. A file is written beside its place, synced and renamed, so that a
    reader sees the old or the new one, also after a power cut.
  - Removes files that an earlier run placed and this one does not know.
  - Notes in C(pending/UNIT), before it touches a file, what the units of that file must do afterwards. The note stays
    until M(settle_units) has done it, so that a deploy which died in between is made good by the next one.
options:
  payload:
    description:
      - What TypeScript rendered, as JSON, gzipped, in base64. Its fields are C(cluster), C(directories), C(files).
    type: str
    required: true
  state_directory:
    description: Where the manifest and the pending notes are kept.
    type: path
    default: /var/lib/fleet-cluster
  units:
    description: Units that should be enabled and running; those that are not are returned as C(unsettled).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the unit with its suffix.
        type: str
        required: true
      conditional:
        description: Whether it is in order that systemd passes it over on this machine.
        type: bool
        default: false
author:
  - Amsterdam Bike Fleet (@amsterdam-bike-fleet)
"""

EXAMPLES = r"""
- name: Place the rendered files
  rendered_files:
    payload: "{{ lookup('ansible.builtin.file', inventory_hostname ~ '.payload') }}"
"""

RETURN = r"""
changes:
  description: One entry a path, with C(path), C(state), C(secret) and, with --diff, C(diff) of what is no secret in it.
  returned: always
  type: list
unsettled:
  description: Units with something pending, and units asked for that are not enabled or not running.
  returned: always
  type: list
pending:
  description: By unit, restart or reload.
  returned: always
  type: dict
"""

SYSTEMD_DIRECTORY = "/etc/systemd/system/"
# Folders that we make: none is left behind empty.
OWN_DIRECTORIES = (SYSTEMD_DIRECTORY, "/etc/fleet-cluster", "/usr/local/lib/fleet-cluster")
UNIT_SUFFIXES = (".service", ".timer", ".mount", ".socket", ".path", ".target")
# A restart does all that a reload does.
WEIGHT = {"reload": 1, "restart": 2}


def read_payload(text):
    return json.loads(gzip.decompress(base64.b64decode(text)))


def ids_of(entry):
    """Number of the owner and of the group; null for one that a package makes which is not installed yet."""
    try:
        return pwd.getpwnam(entry["owner"]).pw_uid, grp.getgrnam(entry["group"]).gr_gid
    except KeyError:
        return None


def sync_directory(path):
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path, content, mode, uid, gid):
    """The old file or the new one, never a mixture, and never readable by more than the new mode says."""
    directory = os.path.dirname(path)
    descriptor, temporary = tempfile.mkstemp(prefix=".fleet-", dir=directory)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            os.fchown(stream.fileno(), uid, gid)
            os.fchmod(stream.fileno(), mode)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.rename(temporary, path)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise


class FilePlacer:
    """Compares first, then notes, then writes: the order in which a death at any moment loses nothing."""

    def __init__(self, payload, state_directory, check, want_diff):
        self.cluster = payload["cluster"]
        self.directories = payload["directories"]
        self.files = payload["files"]
        self.state_directory = state_directory
        self.manifest_path = os.path.join(state_directory, "manifest.json")
        self.notes = PendingNotes(state_directory)
        self.check = check
        self.want_diff = want_diff
        self.touched_directories = set()

    def run(self):
        manifest = self.read_manifest()
        before = {entry["path"]: entry for entry in manifest["files"]}
        wanted = {entry["path"]: entry for entry in self.files}
        missing_directories = self.list_wrong_directories()
        writes = [(entry, change) for entry in self.files for change in [self.compare(entry, before)] if change]
        removals = [
            (entry, self.describe_removal(entry))
            for path, entry in before.items()
            if path not in wanted and os.path.lexists(path)
        ]
        changes = [change for _, change in missing_directories + writes + removals]
        if self.check:
            return changes
        nobody = {entry["owner"] for entry in self.files + self.directories if ids_of(entry) is None}
        if nobody:
            raise LookupError(f"this host has no user or group {', '.join(sorted(nobody))}; its package is not installed")
        self.make_directory(self.state_directory, 0o755)
        self.make_directory(self.notes.directory, 0o755)
        if writes or removals:
            self.note_pending([entry for entry, _ in writes + removals])
        # Both old and new files are ours until all are placed: a death in between orphans none.
        union = {**before, **wanted}
        if union.keys() != before.keys():
            self.write_manifest(union.values())
        for entry, _ in missing_directories:
            self.place_directory(entry)
        retired = [unit for unit in (unit_at(entry["path"]) for entry, _ in removals) if unit]
        if retired:
            # Once its file is gone, systemd cannot stop it any more; a timer must not start what is gone already.
            subprocess.run(["systemctl", "disable", "--now", *retired], check=False, capture_output=True)
        for entry, _ in removals:
            self.remove(entry)
        for entry, _ in writes:
            self.place(entry)
        for directory in sorted(self.touched_directories):
            if os.path.isdir(directory):
                sync_directory(directory)
        final = [self.manifest_entry(entry) for entry in self.files]
        if manifest != {"cluster": self.cluster, "files": final}:
            self.write_manifest(final)
        self.reload_systemd()
        if retired:
            subprocess.run(["systemctl", "reset-failed", *retired], check=False, capture_output=True)
            for unit in retired:
                self.notes.clear(unit)
        return changes

    def read_manifest(self):
        try:
            with open(self.manifest_path, encoding="utf-8") as stream:
                return json.load(stream)
        except FileNotFoundError:
            return {"cluster": None, "files": []}

    def write_manifest(self, entries):
        manifest = {"cluster": self.cluster, "files": [self.manifest_entry(entry) for entry in entries]}
        write_atomically(self.manifest_path, json.dumps(manifest, indent=1).encode() + b"\n", 0o644, 0, 0)
        sync_directory(self.state_directory)

    @staticmethod
    def manifest_entry(entry):
        return {key: entry[key] for key in ("path", "secret", "onChange")}

    def list_wrong_directories(self):
        wrong = []
        for entry in self.directories:
            mode = int(entry["mode"], 8)
            if os.path.isdir(entry["path"]):
                found = os.stat(entry["path"])
                if (found.st_uid, found.st_gid) == ids_of(entry) and stat.S_IMODE(found.st_mode) == mode:
                    continue
                state = "changed"
            else:
                state = "created"
            wrong.append((entry, {"path": entry["path"], "state": state, "secret": False}))
        return wrong

    def place_directory(self, entry):
        os.makedirs(entry["path"], mode=0o755, exist_ok=True)
        os.chown(entry["path"], *ids_of(entry))
        os.chmod(entry["path"], int(entry["mode"], 8))

    def compare(self, entry, before):
        """What would change of one file; None when it is as it should be."""
        content = entry["content"].encode()
        path = entry["path"]
        # What was a secret before is one still, in the old content.
        secret = join_secrets(entry["secret"], before.get(path, entry)["secret"])
        change = {"path": path, "state": "created", "secret": secret is True}
        old = None
        if os.path.lexists(path):
            found = os.lstat(path)
            regular = stat.S_ISREG(found.st_mode)
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError(f"{path} is a directory on this host; a file belongs there.")
            if regular:
                with open(path, "rb") as stream:
                    old = stream.read()
            owned = (found.st_uid, found.st_gid) == ids_of(entry)
            if regular and old == content and owned and stat.S_IMODE(found.st_mode) == int(entry["mode"], 8):
                return None
            change["state"] = "changed"
            # A file of somebody else's that not everybody may read is a secret of theirs.
            if path not in before and not found.st_mode & stat.S_IROTH:
                change["secret"] = True
        if self.want_diff and not change["secret"]:
            change["diff"] = unified(path, secret, old, content)
            if old == content:
                change["diff"] = f"{path}: owner {entry['owner']}:{entry['group']}, mode {entry['mode']}\n"
            elif not change["diff"]:
                change["diff"] = f"{path}: {', '.join(secret)}\n"
        return change

    def describe_removal(self, entry):
        change = {"path": entry["path"], "state": "removed", "secret": entry["secret"] is True}
        if self.want_diff and not change["secret"]:
            with open(entry["path"], "rb") as stream:
                change["diff"] = unified(entry["path"], entry["secret"], stream.read(), None)
        return change

    def note_pending(self, entries):
        if any(entry["path"].startswith(SYSTEMD_DIRECTORY) for entry in entries):
            self.write_note("daemon-reload", "restart")
        for entry in entries:
            effect = entry["onChange"]
            if effect["do"] == "nothing":
                continue
            noted = self.notes.read(effect["unit"])
            if noted is None or WEIGHT[effect["do"]] > WEIGHT[noted]:
                self.write_note(effect["unit"], effect["do"])
        sync_directory(self.notes.directory)

    def write_note(self, name, action):
        path = os.path.join(self.notes.directory, name)
        write_atomically(path, action.encode() + b"\n", 0o644, 0, 0)

    def place(self, entry):
        directory = os.path.dirname(entry["path"])
        self.make_directory(directory, 0o755)
        write_atomically(
            entry["path"],
            entry["content"].encode(),
            int(entry["mode"], 8),
            *ids_of(entry),
        )
        self.touched_directories.add(directory)

    def remove(self, entry):
        path = entry["path"]
        os.unlink(path)
        directory = os.path.dirname(path)
        while directory.startswith(OWN_DIRECTORIES) and not os.listdir(directory):
            os.rmdir(directory)
            directory = os.path.dirname(directory)
        self.touched_directories.add(directory)

    def reload_systemd(self):
        if self.notes.read("daemon-reload") is None:
            return
        subprocess.run(["systemctl", "daemon-reload"], check=True, capture_output=True)
        self.notes.clear("daemon-reload")

    @staticmethod
    def make_directory(path, mode):
        if not os.path.isdir(path):
            os.makedirs(path, mode=mode)


def unit_at(path):
    """The unit of our own that a file defines; null for drop-ins and everything else."""
    directory, name = os.path.split(path)
    return name if directory + "/" == SYSTEMD_DIRECTORY and name.endswith(UNIT_SUFFIXES) else None


def join_secrets(one, other):
    """Of two answers to what is secret in a file the wider one: all of it, or the keys of both."""
    if one is True or other is True:
        return True
    return sorted({*(one or []), *(other or [])})


def unified(path, secret, old, new):
    """A unified diff without the values of secret keys; null for the side on which the file does not exist."""

    def shown(content):
        text = (content or b"").decode("utf-8", "replace")
        for key in secret or []:
            # Also in a comment or behind something else, as a person may have left it.
            text = re.sub(rf"(?m)^(.*\b{re.escape(key)}['\"]?\s*[:=]).*$", r"\1 ***", text)
        return text.splitlines(keepends=True)

    lines = difflib.unified_diff(
        shown(old),
        shown(new),
        "/dev/null" if old is None else f"a{path}",
        "/dev/null" if new is None else f"b{path}",
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def list_unsettled(units, pending):
    """Units that are not enabled, not running, or wait for something."""
    unsettled = set(pending)
    for unit in units:
        shown = show_unit(unit["name"])
        passed_over = unit["conditional"] and is_passed_over(shown)
        if not is_enabled(shown) or not (is_running(shown) or passed_over):
            unsettled.add(unit["name"])
    return sorted(unsettled)


def main():
    module = AnsibleModule(
        argument_spec={
            "payload": {"type": "str", "required": True, "no_log": True},
            "state_directory": {"type": "path", "default": "/var/lib/fleet-cluster"},
            "units": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "name": {"type": "str", "required": True},
                    "conditional": {"type": "bool", "default": False},
                },
            },
        },
        supports_check_mode=True,
    )
    placer = FilePlacer(
        read_payload(module.params["payload"]),
        module.params["state_directory"],
        module.check_mode,
        module._diff,  # pylint: disable=protected-access
    )
    try:
        changes = placer.run()
    except (OSError, LookupError, subprocess.CalledProcessError) as error:
        module.fail_json(msg=f"The files could not be placed: {error}.")
    pending = placer.notes.read_all()
    module.exit_json(
        changed=bool(changes),
        changes=changes,
        pending=pending,
        unsettled=list_unsettled(module.params["units"], pending),
    )


if __name__ == "__main__":
    main()
