import type { Arrangement, Fault } from '../faults/fault.ts'

/** In the order in which they begin: first those that take long to set up. */
export const workloadNames = [
  'trackers',
  'screens',
  'dispatchers',
  'inserts',
  'registers',
  'sessions',
] as const
export type WorkloadName = (typeof workloadNames)[number]

/** Everybody who uses the cluster: SQL through the virtual IP, and the app with its people, phones and screens. */
export const everybody: readonly WorkloadName[] = workloadNames

/** A fault at its time. */
export interface Step {
  /** Seconds after all workloads are steady. */
  readonly atS: number
  readonly fault: Fault
  /** Seconds after all workloads are steady; null when the cluster is to heal by itself. */
  readonly healAtS: number | null
}

/** What is promised of every drill in its own measure. The rest is promised always: see `promises.ts`. */
export interface Limits {
  /** The longest silence for who writes by SQL through the virtual IP. */
  readonly writeGapMs: number
  /** For who reads from standbys. */
  readonly readGapMs: number
  /** For who gives commands to the app. */
  readonly appGapMs: number
  /** From the last healing until status says healthy. */
  readonly healthyAgainMs: number
}

/** A drill, as data that a person can read. */
export interface Drill {
  /** What it is run by: `fleet drill run NAME`. */
  readonly name: string
  readonly title: string
  /** What happens when all is as it must be, for who reads the report: written before the drill is run. */
  readonly expects: string
  /** It may be run on a cluster in use: nothing is broken, and nobody loses more than seconds. */
  readonly harmless: boolean
  /** Where it makes sense: `full` has etcd on machines of its own. */
  readonly topology: 'any' | 'small' | 'full'
  readonly workloads: readonly WorkloadName[]
  readonly before: readonly Arrangement[]
  readonly steps: readonly Step[]
  readonly limits: Limits
}

/** A drill with what most have: everybody works, on any topology, and nothing is arranged. */
export const defineDrill = (
  drill: Omit<Drill, 'topology' | 'workloads' | 'before' | 'harmless'> &
    Partial<Pick<Drill, 'topology' | 'workloads' | 'before' | 'harmless'>>,
): Drill => ({ topology: 'any', workloads: everybody, before: [], harmless: false, ...drill })
