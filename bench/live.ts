import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreConfig } from '@fleet/store'
import { startPostgres } from '@fleet/store/testing'
import { startChild, startFleet } from './child.ts'
import type { LiveFixesResult } from './live-fixes.ts'
import type { LiveWatchersResult } from './live-watchers.ts'
import { type BenchResult, printResults } from './result.ts'

interface Options {
  readonly bikes?: number
  readonly clients?: number
  readonly measureMs?: number
}

const warmUpMs = 3_000

/**
 * 2,000 bikes at one fix a second, one fix a request, watched by 20 live clients. The age of a marker is measured from
 * the moment its fix was sent, by the sender's clock, until its frame has arrived: all of request, commit, frame and
 * both ways over loopback. Server, senders, watchers and database are processes of their own on this machine.
 */
export async function run(options: Options = {}): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  const postgres = await startPostgres()
  try {
    return [
      await measure('SQLite', { backend: 'sqlite', file: join(folder, 'fleet.db') }, options),
      await measure('PostgreSQL', postgres.config(await postgres.createDatabase(), 10), options),
    ]
  } finally {
    await postgres.stop()
    rmSync(folder, { recursive: true })
  }
}

async function measure(
  backend: string,
  config: StoreConfig,
  { bikes = 2_000, clients = 20, measureMs = 8_000 }: Options,
): Promise<BenchResult> {
  const fleet = await startFleet({ config, bikes })
  try {
    const { url, osmandUrl, signInLink } = fleet.first
    const watchers = await startChild<'ready'>('live-watchers.ts', {
      url,
      cookie: await signIn(url, signInLink),
      clients,
      warmUpMs,
    })
    const fixes = await startChild<LiveFixesResult>('live-fixes.ts', {
      port: Number(new URL(osmandUrl).port),
      bikes,
      connections: 200,
      durationMs: warmUpMs + measureMs,
    })
    await fixes.stop()
    const seen = await watchers.ask<LiveWatchersResult>('stop')
    await watchers.stop()
    const { sent, answered, refused } = fixes.first
    if (answered !== sent)
      throw new Error(`Of ${sent} fixes ${answered} were answered 200 and ${refused} were refused`)
    const at = (share: number) => percentileOfCounts(seen.agesMs, share)
    return {
      claim: `${backend}: ${bikes} bikes at 1 Hz, ${clients} clients: a fix is on the screens`,
      measured: at(0.99),
      unit: 'ms (99th percentile)',
      target: 250,
      better: 'lower',
      detail:
        `median ${at(0.5)} ms, largest ${at(1)} ms, of ${seen.agesMs.reduce((sum, n) => sum + n, 0).toLocaleString('en')} ` +
        `markers in ${seen.frames.toLocaleString('en')} frames; ` +
        `${(seen.bytes / clients / (measureMs / 1000) / 1024).toFixed(0)} KiB/s a client`,
    }
  } finally {
    await fleet.stop()
  }
}

async function signIn(url: string, link: string | null): Promise<string> {
  const token = link?.split('/').at(-1)
  const response = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  if (!response.ok) throw new Error(`Signing in was answered ${response.status}: ${await response.text()}`)
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

/** @param counts how many have the value that is the index */
function percentileOfCounts(counts: readonly number[], share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let seen = 0
  for (const [value, count] of counts.entries())
    if ((seen += count) >= total * share && count > 0) return value
  return Number.NaN
}

if (import.meta.main) printResults(await run())
