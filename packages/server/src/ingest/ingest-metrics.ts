import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { outcomes, type Protocol, protocols } from './submission.ts'

/** What operators see of ingest. Counts are kept in plain arrays and handed over when the metrics are read. */
export interface IngestMetrics {
  /** One counter for each outcome code, to be increased by whoever knows what became of a report. */
  countsOf(protocol: Protocol): Float64Array
  /** @param seconds how long the database took */
  committed(fixes: number, seconds: number): void
  commitFailed(): void
  /** Requests that were sent away because the queue was full or the database away. */
  turnedAway(protocol: Protocol, reason: 'busy' | 'unavailable'): void
}

/** @param queueLength fixes that wait now */
export function createIngestMetrics(registry: Registry, queueLength: () => number): IngestMetrics {
  // prom-client hashes labels at every increment: too much for 100,000 fixes a second.
  const counts = new Map(protocols.map((protocol) => [protocol, new Float64Array(outcomes.length)]))
  const fixes = new Counter({
    name: 'fleet_ingest_fixes_total',
    help: 'Reports of trackers by protocol and what became of them.',
    labelNames: ['protocol', 'result'],
    registers: [],
    collect() {
      for (const [protocol, byOutcome] of counts)
        for (const [code, result] of outcomes.entries()) {
          const value = byOutcome[code]!
          if (value === 0) continue
          this.inc({ protocol, result }, value)
          byOutcome[code] = 0
        }
    },
  })
  const turnedAway = new Counter({
    name: 'fleet_ingest_turned_away_total',
    help: 'Requests answered 503: the queue was full (busy) or the database was away (unavailable).',
    labelNames: ['protocol', 'reason'],
    registers: [registry],
  })
  const sizes = new Histogram({
    name: 'fleet_ingest_commit_fixes',
    help: 'Fixes that one commit stored.',
    buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'fleet_ingest_commit_seconds',
    help: 'How long the database took for one commit of fixes.',
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'fleet_ingest_commit_failures_total',
    help: 'Commits of fixes that the database refused or that it did not answer.',
    registers: [registry],
  })
  const queued = new Gauge({
    name: 'fleet_ingest_queue_fixes',
    help: 'Fixes that wait for a commit.',
    registers: [],
    collect() {
      this.set(queueLength())
    },
  })
  registry.registerMetric(fixes)
  registry.registerMetric(queued)
  return {
    countsOf: (protocol) => counts.get(protocol)!,
    committed(fixes, seconds) {
      sizes.observe(fixes)
      durations.observe(seconds)
    },
    commitFailed() {
      failures.inc()
    },
    turnedAway(protocol, reason) {
      turnedAway.inc({ protocol, reason })
    },
  }
}
