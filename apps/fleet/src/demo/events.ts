import type { Command } from '@fleet/domain'

/** One reading of a demo tracker. */
export interface DemoFix {
  readonly trackerId: string
  readonly timeMs: number
  readonly lat: number
  readonly lon: number
  readonly speedMps: number
  readonly headingDeg: number
  readonly accuracyM: number
  readonly batteryPct: number
  readonly charging: boolean
}

/** What the simulation asks of the world. */
export type DemoEvent =
  | { readonly type: 'fix'; readonly fix: DemoFix }
  /** `actor` is the name of who does it, for the audit trail. */
  | { readonly type: 'command'; readonly command: Command; readonly actor: string }
