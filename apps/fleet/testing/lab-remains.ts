import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openLabHome } from '@fleet/lab'

/** What tells the network of a lab from all others, for `findRemains` when the lab is gone; null when it has none. */
export function networkOf(lab: string): string | null {
  const file = `/run/netns/fleet-lab-${lab}`
  return existsSync(file) ? `net:[${statSync(file).ino}]` : null
}

/**
 * What of a lab is on this machine, asked of the machine and not of what the lab itself remembers; empty when nothing
 * is.
 *
 * @param network of `networkOf` while the lab was there
 * @param env FLEET_LAB_HOME of the lab
 */
export function findRemains(
  lab: string,
  network: string | null,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const folder = join(openLabHome(env).labsDirectory, lab)
  const found = remainingProcesses(lab, folder, network)
  if (read('/proc/self/mountinfo').includes(lab)) found.push('a mount')
  if (networkOf(lab) !== null) found.push('its network')
  if (spawnSync('ip', ['-oneline', 'link'], { encoding: 'utf8' }).stdout.includes(`-${lab}`))
    found.push('a link')
  for (const hierarchy of ['', ...readdirSync('/sys/fs/cgroup')])
    if (existsSync(join('/sys/fs/cgroup', hierarchy, 'fleet-lab', lab)))
      found.push(`a cgroup in ${hierarchy}`)
  if (existsSync(folder)) found.push('its folder')
  const notes = '/run/systemd/nspawn'
  if (existsSync(notes))
    for (const entry of readdirSync(notes, { recursive: true, encoding: 'utf8' }))
      if (entry.includes(`${lab}-`)) found.push(`a note of nspawn: ${entry}`)
  return found
}

function remainingProcesses(lab: string, folder: string, network: string | null): string[] {
  const found: string[] = []
  for (const pid of processIds()) {
    // One that has ended, and whose parent has not looked yet.
    if (/^State:\tZ/m.test(read(`/proc/${pid}/status`))) continue
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
    const marks = {
      'names it': command.includes(folder) || command.includes(`fleet-lab-${lab}`),
      'is in its cgroup': isInLab(pid, lab),
      'is in its network': network !== null && linkOf(`/proc/${pid}/ns/net`) === network,
      'sees a mount of it': read(`/proc/${pid}/mountinfo`).includes(folder),
    }
    for (const [mark, isSo] of Object.entries(marks))
      if (isSo) found.push(`process ${pid} ${mark}: ${command}`)
  }
  return found
}

/** Names of the programs that run in a lab: on its machines and as its clients. */
export const programsIn = (lab: string): readonly string[] =>
  processIds()
    .filter((pid) => isInLab(pid, lab))
    .map((pid) => read(`/proc/${pid}/comm`).trimEnd())

const processIds = () => readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))
const isInLab = (pid: string, lab: string) => read(`/proc/${pid}/cgroup`).includes(`/fleet-lab/${lab}/`)

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // A process that ended in this moment.
    return ''
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}
