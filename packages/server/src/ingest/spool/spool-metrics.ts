import { Counter, Gauge, type Registry } from 'prom-client'
import { outcomes } from '../submission.ts'
import type { Spool } from './spool.ts'

/** What operators see of the spool. */
export interface SpoolMetrics {
  /** Fixes that are on the disk now. */
  wrote(fixes: number): void
  /** A group of requests that was sent away: no room, or the disk failed. */
  refused(reason: 'full' | 'failed'): void
  /** @param codes what became of fixes that came from the spool, see `outcomes` */
  drained(codes: readonly number[]): void
  /** Fixes that the database does not take. */
  setAside(fixes: number): void
}

/** @param now epoch milliseconds */
export function createSpoolMetrics(registry: Registry, spool: Spool, now: () => number): SpoolMetrics {
  const gauges: readonly [name: string, help: string, read: () => number][] = [
    ['fleet_spool_fixes', 'Fixes on this disk that are not in the database yet.', () => spool.fixes],
    ['fleet_spool_bytes', 'What the spool takes on disk.', () => spool.bytes],
    [
      'fleet_spool_oldest_age_seconds',
      'How long ago the oldest fix of the spool was received; 0 when it is empty.',
      () => (spool.oldestMs === null ? 0 : Math.max(0, now() - spool.oldestMs) / 1000),
    ],
  ]
  for (const [name, help, read] of gauges)
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read())
        },
      }),
    )
  const registers = [registry]
  const written = new Counter({
    name: 'fleet_spool_written_fixes_total',
    help: 'Fixes that were taken while the database was away.',
    registers,
  })
  const drained = new Counter({
    name: 'fleet_spool_drained_fixes_total',
    help: 'Fixes of the spool that are in the database, by what became of them.',
    labelNames: ['result'],
    registers,
  })
  const refused = new Counter({
    name: 'fleet_spool_refused_groups_total',
    help: 'Groups of requests that the spool did not take: it was full, or the disk failed.',
    labelNames: ['reason'],
    registers,
  })
  const setAside = new Counter({
    name: 'fleet_spool_set_aside_fixes_total',
    help: 'Fixes of the spool that the database does not take; they are in set-aside.ndjson beside it.',
    registers,
  })
  return {
    wrote: (fixes) => written.inc(fixes),
    refused: (reason) => refused.inc({ reason }),
    drained(codes) {
      const counts = new Map<number, number>()
      for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
      for (const [code, count] of counts) drained.inc({ result: outcomes[code]! }, count)
    },
    setAside: (fixes) => setAside.inc(fixes),
  }
}
