"""Prints what a host is, as JSON: facts only, the judgement is pre-checks.ts. Changes nothing.

Run as root with one argument, a JSON object: packages (names), ports (numbers), paths (folders),
vip (an address, or null where it need not be looked for).
"""

import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import time


def run(*command):
    """Standard output; empty when the program is missing or fails."""
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def os_release():
    fields = dict(line.split("=", 1) for line in read("/etc/os-release").splitlines() if "=" in line)
    return {"id": fields.get("ID", "").strip('"'), "version": fields.get("VERSION_ID", "").strip('"')}


def memory_mb():
    for line in read("/proc/meminfo").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) // 1024
    return 0


def addresses():
    """IPv4 addresses by interface; null without the program that tells."""
    if shutil.which("ip") is None:
        return None
    found = json.loads(run("ip", "-json", "-4", "address", "show") or "[]")
    return {
        link["ifname"]: [address["local"] for address in link.get("addr_info", [])] for link in found if "ifname" in link
    }


def interfaces():
    return sorted(os.listdir("/sys/class/net"))


def disk(path):
    """Of the file system that the path is on or will be on."""
    existing = path
    while not os.path.isdir(existing):
        existing = os.path.dirname(existing)
    return {
        "path": path,
        "freeMb": shutil.disk_usage(existing).free // 2**20,
        "exists": os.path.isdir(path),
        "empty": not os.path.isdir(path) or not os.listdir(path),
    }


def unit_of(pid):
    """The systemd unit that a process belongs to."""
    for line in read(f"/proc/{pid}/cgroup").splitlines():
        for part in reversed(line.split(":", 2)[-1].split("/")):
            if part.endswith(".service"):
                return part
    return None


def socket_owners():
    """The process of each open socket, by inode."""
    owners = {}
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:["):
            owners.setdefault(target[8:-1], int(link.split("/")[2]))
    return owners


def listeners(ports):
    """Who listens at the ports that the cluster wants: any address of the host."""
    owners = None
    found = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in read(table).splitlines()[1:]:
            fields = line.split()
            port = int(fields[1].rsplit(":", 1)[1], 16)
            if fields[3] != "0A" or port not in ports:
                continue
            owners = socket_owners() if owners is None else owners
            pid = owners.get(fields[9])
            process = read(f"/proc/{pid}/comm").strip() if pid else "a process that cannot be seen"
            unit = unit_of(pid) if pid else None
            found[(port, pid)] = {"port": port, "process": process, "pid": pid, "unit": unit}
    return sorted(found.values(), key=lambda listener: listener["port"])


def postgresql_servers():
    """Running PostgreSQL servers, whoever started them: their folders and units."""
    servers = []
    for directory in glob.glob("/proc/[0-9]*"):
        if read(f"{directory}/comm").strip() not in ("postgres", "postmaster"):
            continue
        pid = int(os.path.basename(directory))
        try:
            folder = os.readlink(f"{directory}/cwd")
        except OSError:
            continue
        pid_file = read(f"{folder}/postmaster.pid").splitlines()
        # Only the server itself is named there; its workers share its folder.
        if pid_file and pid_file[0] == str(pid):
            servers.append({"pid": pid, "dataDirectory": folder, "unit": unit_of(pid)})
    return servers


def missing_packages(packages):
    shown = run("dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Package}\n", *packages)
    installed = {line.split()[-1] for line in shown.splitlines() if line.startswith("ii")}
    return [name for name in packages if name not in installed]


def manifest():
    text = read("/var/lib/fleet-cluster/manifest.json")
    return json.loads(text)["cluster"] if text else None


def ssh_client():
    """The operator's address, from the sshd session that we are in; sudo drops the variable, so parents are asked."""
    pid = os.getpid()
    while pid > 1:
        for entry in read(f"/proc/{pid}/environ").split("\0"):
            if entry.startswith("SSH_CONNECTION="):
                return entry.split("=", 1)[1].split()[0]
        status = read(f"/proc/{pid}/stat")
        if not status:
            break
        pid = int(status.rsplit(")", 1)[1].split()[1])
    return None


def neighbour_at(address):
    """The hardware address of the machine that answers for an IPv4 address, whatever it drops; null when none does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        try:
            # To the discard port: what is wanted is the question that precedes it, who has this address.
            datagram.sendto(b"", (address, 9))
        except OSError:
            return None
    deadline = time.monotonic() + 3.5
    while time.monotonic() < deadline:
        for entry in json.loads(run("ip", "-json", "neighbour", "show", "to", address) or "[]"):
            if "lladdr" in entry and "FAILED" not in entry["state"]:
                return entry["lladdr"]
            if "FAILED" in entry["state"]:
                return None
        time.sleep(0.1)
    return None


def main():
    request = json.loads(sys.argv[1])
    facts = {
        "hostname": socket.gethostname(),
        "os": os_release(),
        "memoryMb": memory_mb(),
        "interfaces": interfaces(),
        "addresses": addresses(),
        "disks": [disk(path) for path in request["paths"]],
        "listeners": listeners(set(request["ports"])),
        "postgresqlServers": postgresql_servers(),
        "missingPackages": missing_packages(request["packages"]),
        "cluster": manifest(),
        "vipNeighbour": neighbour_at(request["vip"]) if request["vip"] else None,
        "sshClient": ssh_client(),
    }
    print(json.dumps(facts))


main()
