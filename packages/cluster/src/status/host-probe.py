"""Says how one host of the cluster is, as one line of JSON. Sent over ssh to `python3 -`; changes nothing.

The first argument is JSON: what to look at and for how long (the interface ProbeRequest in host-probe.ts). Each part
has its own thread, so that a frozen PostgreSQL or an unreachable repository costs its own answer only; what is not
done in time is named in "late".
"""

import calendar
import glob
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time

REQUEST = json.loads(sys.argv[1])
END = time.monotonic() + REQUEST["limitMs"] / 1000
# What a program prints is read here: in English, and with times that do not depend on the host's zone.
ENV = {**os.environ, "LC_ALL": "C", "TZ": "UTC", "PGCONNECT_TIMEOUT": "2"}


def run(*words, user=None):
    """Standard output of a program; an exception says what it said instead."""
    # Not by runuser: a PAM session each time would fill the host's journal.
    identity = {"user": user, "group": user, "extra_groups": []} if user else {}
    left = max(0.05, END - time.monotonic())
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=left, env=ENV, cwd="/", check=False, **identity
    )
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}")[-300:])
    return done.stdout


def disks():
    found = {}
    for path in REQUEST["disks"]:
        if not os.path.isdir(path):
            continue
        device = os.stat(path).st_dev
        space = os.statvfs(path)
        # f_bavail: what is left for those who are not root, as the daemons are.
        usable = (space.f_blocks - space.f_bfree + space.f_bavail) * space.f_frsize
        found.setdefault(
            device, {"path": path, "totalBytes": usable, "freeBytes": space.f_bavail * space.f_frsize}
        )
    return list(found.values())


def certificates():
    found = []
    for path in sorted(glob.glob(os.path.join(REQUEST["tls"], "*", "tls.crt"))):
        said = run("openssl", "x509", "-noout", "-enddate", "-in", path)
        ends = time.strptime(said.strip().removeprefix("notAfter="), "%b %d %H:%M:%S %Y %Z")
        found.append(
            {"daemon": os.path.basename(os.path.dirname(path)), "endsMs": int(calendar.timegm(ends) * 1000)}
        )
    return found


def holds_vip():
    return f" {REQUEST['vip']}/" in run("ip", "-4", "-o", "address", "show")


def units():
    names = REQUEST["units"]
    said = subprocess.run(
        ["systemctl", "is-active", *names], capture_output=True, text=True, timeout=2, env=ENV, check=False
    )
    return dict(zip(names, said.stdout.split("\n")))


SQL = """
SELECT json_build_object(
  'inRecovery', pg_is_in_recovery(),
  'lsn', CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') END,
  'segmentBytes', (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'),
  'archiveMode', current_setting('archive_mode'),
  'synchronousStandbyNames', current_setting('synchronous_standby_names'),
  'archiver', (SELECT json_build_object(
    'lastWal', last_archived_wal,
    'lastAtMs', (extract(epoch FROM last_archived_time) * 1000)::bigint,
    'failedCount', failed_count,
    'failedWal', last_failed_wal,
    'failedAtMs', (extract(epoch FROM last_failed_time) * 1000)::bigint) FROM pg_stat_archiver),
  'standbys', (SELECT coalesce(json_agg(json_build_object(
    'name', application_name,
    'state', state,
    'syncState', sync_state,
    'lagBytes', CASE WHEN NOT pg_is_in_recovery()
      THEN greatest(0, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) END,
    'lagMs', (extract(epoch FROM replay_lag) * 1000)::bigint)), '[]') FROM pg_stat_replication),
  'waitingCommits', (SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'IPC' AND wait_event = 'SyncRep' AND backend_type = 'client backend'),
  'longestCommitMs', (SELECT (extract(epoch FROM max(clock_timestamp() - query_start)) * 1000)::bigint
    FROM pg_stat_activity WHERE wait_event_type = 'IPC' AND wait_event = 'SyncRep'
    AND backend_type = 'client backend'))
"""


def postgresql():
    psql = os.path.join(REQUEST["programs"], "psql")
    words = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-p", str(REQUEST["port"]), "-d", "postgres", "-c", SQL]
    return json.loads(run(psql, *words, user="postgres"))


def wal():
    """WAL that this host keeps, and how much of it waits for the repository."""
    folder = os.path.join(REQUEST["dataDirectory"], "pg_wal")
    waiting = []
    for entry in os.scandir(os.path.join(folder, "archive_status")):
        if entry.name.endswith(".ready"):
            try:
                waiting.append(entry.stat().st_mtime)
            except FileNotFoundError:
                pass  # archived this moment
    total = sum(entry.stat().st_size for entry in os.scandir(folder) if re.fullmatch("[0-9A-F]{24}", entry.name))
    return {
        "bytes": total,
        "waitingCount": len(waiting),
        "oldestWaitingMs": int(min(waiting) * 1000) if waiting else None,
    }


def dropped():
    """When pgBackRest last gave WAL up because the repository was away for too long; its log is the only witness."""
    last = None
    for path in glob.glob(os.path.join(REQUEST["pgbackrestLogs"], f"{REQUEST['stanza']}-archive-push*.log")):
        with open(path, "rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - 512 * 1024))
            for line in log.read().decode("utf-8", "replace").splitlines():
                if "dropped WAL file" in line and (stamp := re.match(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", line)):
                    # Written in the host's own zone.
                    at = time.mktime(time.strptime(stamp[1], "%Y-%m-%d %H:%M:%S"))
                    last = max(last or 0, int(at * 1000))
    return last


def repository():
    words = ["pgbackrest", f"--stanza={REQUEST['stanza']}", "--log-level-console=off", "--log-level-file=off"]
    return json.loads(run(*words, "info", "--output=json", user=REQUEST["repositoryUser"]))


def verify():
    """What the last scheduled verify said; null before the first."""
    try:
        with open(REQUEST["verifyResult"], encoding="utf-8") as result:
            return json.load(result)
    except FileNotFoundError:
        return None


def schedule():
    """The longest time between two runs of each timer, from systemd's own reading of its calendar expression."""
    return {name: _longest_gap_ms(expression) for name, expression in REQUEST["schedule"].items()}


def _longest_gap_ms(expression):
    said = run("systemd-analyze", "calendar", "--iterations=8", expression)
    stamps = re.findall(r"(?:Next elapse|Iteration #\d+): \w+ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", said)
    times = [calendar.timegm(time.strptime(stamp, "%Y-%m-%d %H:%M:%S")) for stamp in stamps]
    return max((b - a) * 1000 for a, b in zip(times, times[1:])) if len(times) > 1 else None


PARTS = {
    "disks": disks,
    "certificates": certificates,
    "holdsVip": holds_vip,
    "units": units,
    "watchdog": lambda: os.path.exists("/dev/watchdog"),
    "postgresql": postgresql,
    "wal": wal,
    "droppedWalMs": dropped,
    "repository": repository,
    "verify": verify,
    "schedule": schedule,
}


def main():
    answers, errors = {}, {}

    def look(name):
        try:
            answers[name] = PARTS[name]()
        except subprocess.TimeoutExpired:
            pass  # named in "late"
        except Exception as error:  # pylint: disable=broad-except
            errors[name] = f"{type(error).__name__}: {error}" if not isinstance(error, RuntimeError) else str(error)

    threads = {name: threading.Thread(target=look, args=(name,), daemon=True) for name in REQUEST["parts"]}
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0, END - time.monotonic()))
    # Copies: a late thread may still write.
    done, failed = dict(answers), dict(errors)
    late = [name for name in threads if name not in done and name not in failed]
    print(
        json.dumps(
            {
                "hostname": socket.gethostname(),
                "timeMs": int(time.time() * 1000),
                "answers": done,
                "errors": failed,
                "late": late,
            }
        ),
        flush=True,
    )
    # Without waiting for threads and programs that are stuck.
    os._exit(0)


main()
