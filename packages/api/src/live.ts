import type { ZoneEvent } from '@fleet/domain'
import { z } from 'zod'
import {
  bike,
  changeSeq,
  courier,
  delivery,
  device,
  issue,
  latestFix,
  timeMs,
  zone,
  type ChangeMessage,
} from './schemas.ts'

/*
 * The live channel at `/api/live`: JSON text frames both ways, positions as binary frames (position-frame.ts).
 * The client speaks first (`start`); the server answers `snapshot`, or `resumed` when the client's place in the
 * change log is still good, then sends `changes` and positions as they come, and `alive` every 5 s. `database` may come
 * at any time, also before the first answer.
 */

export const liveClientMessage = z.object({
  type: z.literal('start'),
  /** Where the client stopped reading; left out on a first visit. */
  resume: z.object({ logId: z.string(), seq: changeSeq }).optional(),
})
export type LiveClientMessage = z.infer<typeof liveClientMessage>

export const liveSnapshot = z.object({
  type: z.literal('snapshot'),
  seq: changeSeq,
  logId: z.string(),
  serverTimeMs: timeMs,
  bikes: z.array(bike),
  couriers: z.array(courier),
  deliveries: z.array(delivery),
  issues: z.array(issue),
  zones: z.array(zone),
  devices: z.array(device),
  latest: z.array(latestFix),
})
export type LiveSnapshot = z.infer<typeof liveSnapshot>

export type LiveServerMessage =
  | LiveSnapshot
  /** The client's place was good; what it missed follows as `changes`, and all markers as one positions frame. */
  | { readonly type: 'resumed'; readonly seq: string; readonly serverTimeMs: number }
  /** Oldest first; `seq` is the place after the last of them. */
  | { readonly type: 'changes'; readonly seq: string; readonly changes: readonly ChangeMessage[] }
  /** Bikes that came into zones or left them just now; what was missed is read with `listZoneEvents`. */
  | { readonly type: 'zone_events'; readonly events: readonly ZoneEvent[] }
  | DatabaseMessage
  | { readonly type: 'alive'; readonly serverTimeMs: number }

/**
 * Whether the server's database is there: sent when that changes. A new connection takes it for `fine` until it is told
 * otherwise. Meanwhile positions go on, from what the server keeps on its own disk.
 */
export interface DatabaseMessage {
  readonly type: 'database'
  /** `switching`: for no longer than a failover takes. `read_only`: it answers, and takes no changes. */
  readonly state: 'fine' | 'switching' | 'read_only' | 'away'
  /** Since when it is fine, or since when it is not; the server's clock. */
  readonly sinceMs: number
  readonly serverTimeMs: number
}

/** Silence longer than this means that the connection is dead, whatever the socket says. */
export const liveSilenceMs = 12_000
export const liveAliveIntervalMs = 5_000

/**
 * Couriers follow this instead: an event stream whose every `message` says that something of theirs changed, and not
 * what. They read it with the routes that are open to them.
 */
export const courierNewsPath = '/api/live/mine'
