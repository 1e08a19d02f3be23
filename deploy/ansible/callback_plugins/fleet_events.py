"""Tells `fleet cluster deploy` what happens, as JSON lines."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
    name: fleet_events
    type: stdout
    short_description: Writes one JSON object a line for what happens
    description:
      - Writes to the file descriptor in the environment variable C(FLEET_EVENTS_FD), or to standard output without it.
      - What a task was given is never written, and of what it returned only our own modules' keys and the words of a
        failure are.
"""

# What our own modules return; holds no secrets by their making.
REPORT_KEYS = ("changes", "pending", "unsettled", "actions")


class CallbackModule(CallbackBase):
    """The event stream of one ansible-playbook run."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "fleet_events"

    def __init__(self):
        super().__init__()
        self._descriptor = sys.stdout.fileno()
        self._started = {}
        if "FLEET_EVENTS_FD" in os.environ:
            self._descriptor = int(os.environ["FLEET_EVENTS_FD"])
            threading.Thread(target=end_with_reader, args=(self._descriptor,), daemon=True).start()

    def _write(self, event):
        line = json.dumps(event, ensure_ascii=True, default=str) + "\n"
        remaining = line.encode()
        while remaining:
            remaining = remaining[os.write(self._descriptor, remaining) :]

    def _write_result(self, result, outcome):
        # Names with an underscore are those that ansible-core 2.14 and 2.19 both have.
        host = result._host.get_name()
        task = result._task
        values = result._result
        started = self._started.pop((task._uuid, host), None)
        event = {
            "event": "result",
            "task": task._uuid,
            "host": host,
            "outcome": outcome,
            "durationMs": 0 if started is None else round((time.monotonic() - started) * 1000),
            "report": {key: values[key] for key in REPORT_KEYS if key in values},
        }
        if outcome in ("failed", "ignored", "unreachable"):
            event["message"] = words_of(values)
        self._write(event)

    def v2_playbook_on_play_start(self, play):
        self._write({"event": "play", "name": play.get_name()})

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._write({"event": "task", "task": task._uuid, "name": task.name or task.action})

    def v2_playbook_on_handler_task_start(self, task):
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_start(self, host, task):
        self._started[(task._uuid, host.get_name())] = time.monotonic()
        self._write({"event": "start", "task": task._uuid, "host": host.get_name()})

    def v2_runner_on_ok(self, result):
        self._write_result(result, "changed" if result.is_changed() else "ok")

    def v2_runner_on_skipped(self, result):
        self._write_result(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        self._write_result(result, "unreachable")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write_result(result, "ignored" if ignore_errors else "failed")

    def v2_playbook_on_stats(self, stats):
        failed = [host for host in stats.processed if stats.summarize(host)["failures"] or stats.summarize(host)["unreachable"]]
        self._write({"event": "end", "failedHosts": sorted(failed)})


def end_with_reader(descriptor):
    """Whoever started us was killed: without it nobody knows that we run, and the next deploy would run beside us."""
    poller = select.poll()
    # No event is asked for, so only the end of the other side is told.
    poller.register(descriptor, 0)
    poller.poll()
    os.killpg(os.getpgrp(), signal.SIGKILL)


def words_of(values):
    """The words of a failure; of a loop, those of each item that failed."""
    failed_items = [item for item in values.get("results", []) if isinstance(item, dict) and item.get("failed")]
    if failed_items:
        return "\n".join(words_of(item) for item in failed_items)
    if "censored" in values:
        return "What it said is kept back, because it may hold a secret."
    said = [values.get("msg"), values.get("stderr"), values.get("module_stderr"), values.get("module_stdout")]
    words = [str(word).strip() for word in said if word]
    return "\n".join(dict.fromkeys(words)) or "It gave no reason."
