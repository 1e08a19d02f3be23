import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export interface LiveMetrics {
  joined(how: 'snapshot' | 'resumed'): void
  sentFrame(): void
  /** From the moment a fix was received until its frame was handed to the sockets. */
  markerDelay(seconds: number): void
  /** From the moment a command was decided until its change was read from the log. */
  changeDelay(seconds: number): void
}

export function createLiveMetrics(registry: Registry, clients: () => number): LiveMetrics {
  const registers = [registry]
  const gauge = new Gauge({
    name: 'fleet_live_clients',
    help: 'Open live connections.',
    registers: [],
    collect() {
      this.set(clients())
    },
  })
  registry.registerMetric(gauge)
  const joins = new Counter({
    name: 'fleet_live_joins_total',
    help: 'Clients that were given a snapshot, or that resumed where they stopped.',
    labelNames: ['how'],
    registers,
  })
  const frames = new Counter({
    name: 'fleet_live_position_frames_total',
    help: 'Position frames sent, one for each client.',
    registers,
  })
  const delays = new Histogram({
    name: 'fleet_live_marker_delay_seconds',
    help: 'From the reception of the oldest fix in a frame to the frame.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  const changeDelays = new Histogram({
    name: 'fleet_live_change_delay_seconds',
    help: 'From a command to its change in the live feed, the oldest of each reading.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  })
  return {
    joined: (how) => joins.inc({ how }),
    sentFrame: () => frames.inc(),
    markerDelay: (seconds) => delays.observe(seconds),
    changeDelay: (seconds) => changeDelays.observe(seconds),
  }
}
