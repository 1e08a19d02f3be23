import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@fleet/store/testing'
import { type BenchResult, median, printResults } from './result.ts'

const root = join(import.meta.dirname, '..')

/** `npm start` on a machine that has started before: time to a served address, then memory with the demo fleet. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-start-'))
  const times: number[] = []
  let residentMb = 0
  try {
    await startOnce(folder) // the first start makes and seeds the database
    for (let round = 0; round < 3; round++) times.push((await startOnce(folder)).ms)
    residentMb = (await startOnce(folder, 20_000)).residentMb
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return [
    {
      claim: '`npm start` again: address served',
      measured: median(times) / 1000,
      unit: 's',
      target: 3,
      better: 'lower',
      detail: `of ${times.map((ms) => (ms / 1000).toFixed(2)).join(', ')} s`,
    },
    {
      claim: 'Server memory with the demo fleet, 60 riders, after 20 s',
      measured: residentMb,
      unit: 'MB resident',
      target: 200,
      better: 'lower',
    },
  ]
}

async function startOnce(folder: string, stayMs = 0): Promise<{ ms: number; residentMb: number }> {
  const [port, osmandPort] = [await freePort(), await freePort()]
  const began = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: root,
    detached: true, // its own group, so that npm, the launcher and the server end together
    stdio: 'ignore',
    env: {
      ...process.env,
      FLEET_DB: join(folder, 'fleet.db'),
      FLEET_PORT: String(port),
      FLEET_OSMAND_PORT: String(osmandPort),
    },
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  try {
    while (!(await answers(`http://127.0.0.1:${port}/readyz`))) {
      if (performance.now() - began > 60_000) throw new Error('npm start served nothing within 60 s')
      await sleep(20)
    }
    const ms = performance.now() - began
    await sleep(stayMs)
    return { ms, residentMb: serverResidentMb(child.pid!) }
  } finally {
    process.kill(-child.pid!, 'SIGTERM')
    await exited
  }
}

const answers = (url: string) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )

/** The largest process below `pid`: the server; npm and the launcher are its parents. */
function serverResidentMb(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  return Math.max(own, ...children.map((child) => serverResidentMb(Number(child))))
}

if (import.meta.main) printResults(await run())
