import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** What of a lab is still on this machine, asked of the machine and not of the lab; empty when nothing is. */
export function findTracesOf(name: string): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`/${name}/`))
    .map((line) => `mount ${line}`)
  const processes = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => readOrEmpty(`/proc/${pid}/cmdline`).includes(`/labs/${name}/`))
    .map((pid) => `process ${pid}`)
  const namespaces = existsSync('/run/netns')
    ? readdirSync('/run/netns').filter((entry) => entry.endsWith(`-${name}`))
    : []
  return [...mounts, ...processes, ...namespaces.map((namespace) => `network namespace ${namespace}`)]
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It ended meanwhile.
    return ''
  }
}
