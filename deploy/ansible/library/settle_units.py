#!/usr/bin/python
"""Makes systemd units what they should be: enabled, running, with the files that are on disk now."""

from __future__ import annotations

import subprocess
import time

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.fleet_units import PendingNotes, is_enabled, is_passed_over, is_running, show_unit

DOCUMENTATION = r"""
---
module: settle_units
short_description: Enables and starts units, and restarts those whose files changed
description:
  - Enables and starts each unit in turn. Does what M(rendered_files) has noted for it, and forgets the note when it
    is done. Waits until the unit's own check says that it works.
  - A unit in order is left alone, so a second run changes nothing.
options:
  units:
    description: In this order.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the unit with its suffix.
        type: str
        required: true
      state:
        description: C(stopped) also disables it.
        type: str
        choices: [running, stopped]
        default: running
      conditional:
        description: Whether it is in order that systemd passes it over on this machine.
        type: bool
        default: false
      restart:
        description: C(false) leaves a pending restart of a running unit to somebody else.
        type: bool
        default: true
      ready:
        description: A command that succeeds once the unit works.
        type: list
        elements: str
        default: []
      ready_timeout_s:
        description: How long to wait for it.
        type: int
        default: 60
  state_directory:
    description: Where the pending notes are kept.
    type: path
    default: /var/lib/fleet-cluster
author:
  - Amsterdam Bike Fleet (@amsterdam-bike-fleet)
"""

EXAMPLES = r"""
- name: Run HAProxy
  settle_units:
    units:
      - name: haproxy.service
        ready: [curl, --fail, --silent, "http://127.0.0.1:8404/stats"]
"""

RETURN = r"""
actions:
  description: What was done, as C(started haproxy.service).
  returned: always
  type: list
"""

READY_EVERY_S = 0.25


class UnitError(Exception):
    """A unit that did not come to where it should be, in words."""


class UnitSettler:
    """One unit after another: the order is part of what is asked."""

    def __init__(self, state_directory, check):
        self.notes = PendingNotes(state_directory)
        self.check = check
        self.actions = []

    def settle(self, unit):
        name = unit["name"]
        shown = show_unit(name)
        if unit["state"] == "stopped":
            self.stop(name, shown)
            return
        if shown["LoadState"] == "not-found":
            raise UnitError(f"{name} is not known to systemd on this host.")
        if shown["LoadState"] == "masked":
            raise UnitError(f"{name} is masked on this host; `systemctl unmask {name}` undoes that.")
        if not is_enabled(shown):
            self.systemctl("enabled", name, "enable")
        pending = self.notes.read(name)
        if unit["conditional"] and is_passed_over(shown):
            pass
        elif not is_running(shown):
            # A start also heals a unit that failed before and waits for its next try.
            self.systemctl("started", name, "start")
        elif pending == "restart" and not unit["restart"]:
            # It stays noted for whoever restarts it.
            return
        elif pending == "restart":
            self.systemctl("restarted", name, "restart")
        elif pending == "reload":
            self.systemctl("reloaded", name, "reload-or-restart")
        if self.check:
            return
        if unit["ready"]:
            self.wait_until_ready(unit)
        self.notes.clear(name)

    def stop(self, name, shown):
        if shown["LoadState"] == "not-found":
            return
        if shown["ActiveState"] not in ("inactive", "failed"):
            self.systemctl("stopped", name, "stop")
        if shown["UnitFileState"] in ("enabled", "enabled-runtime"):
            self.systemctl("disabled", name, "disable")

    def systemctl(self, action, name, verb):
        self.actions.append(f"{action} {name}")
        if self.check:
            return
        if verb == "start":
            # One that failed too often in a row would not be tried again.
            subprocess.run(["systemctl", "reset-failed", name], check=False, capture_output=True)
        done = subprocess.run(["systemctl", verb, name], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            said = self.last_words(name) if verb in ("start", "restart", "reload-or-restart") else done.stderr.strip()
            raise UnitError(f"`systemctl {verb} {name}` failed. {said}")

    def wait_until_ready(self, unit):
        deadline = time.monotonic() + unit["ready_timeout_s"]
        while True:
            try:
                done = subprocess.run(unit["ready"], check=False, capture_output=True, text=True, timeout=15)
                if done.returncode == 0:
                    return
                said = (done.stderr.strip() or done.stdout.strip())[-300:]
            except subprocess.TimeoutExpired:
                said = "it did not answer in 15 s"
            except FileNotFoundError as error:
                raise UnitError(f"{unit['name']} cannot be checked: {error}.") from error
            if time.monotonic() > deadline:
                raise UnitError(
                    f"{unit['name']} runs but did not become ready in {unit['ready_timeout_s']} s: {said}. "
                    f"{self.last_words(unit['name'])}"
                )
            time.sleep(READY_EVERY_S)

    @staticmethod
    def last_words(name):
        journal = subprocess.run(
            ["journalctl", "--unit", name, "--lines", "6", "--output", "cat", "--no-pager"],
            check=False,
            capture_output=True,
            text=True,
        )
        return f"Its last words: {' | '.join(journal.stdout.strip().splitlines())}"


def main():
    module = AnsibleModule(
        argument_spec={
            "units": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "name": {"type": "str", "required": True},
                    "state": {"type": "str", "default": "running", "choices": ["running", "stopped"]},
                    "conditional": {"type": "bool", "default": False},
                    "restart": {"type": "bool", "default": True},
                    "ready": {"type": "list", "elements": "str", "default": []},
                    "ready_timeout_s": {"type": "int", "default": 60},
                },
            },
            "state_directory": {"type": "path", "default": "/var/lib/fleet-cluster"},
        },
        supports_check_mode=True,
    )
    settler = UnitSettler(module.params["state_directory"], module.check_mode)
    try:
        for unit in module.params["units"]:
            settler.settle(unit)
    except UnitError as error:
        module.fail_json(msg=str(error), actions=settler.actions)
    module.exit_json(changed=bool(settler.actions), actions=settler.actions)


if __name__ == "__main__":
    main()
