import type { MarkerColumns } from '../live/marker-columns.ts'
import type { TrailBuffer } from './markers/trail-buffer.ts'

/** Where the bikes are that a map draws: now, or at a moment of the past. */
export interface MarkerSource {
  readonly markers: MarkerColumns
  /** The clock of the fixes minus the one that `nowMs` reads. */
  readonly clock: { readonly offsetMs: number }
  /** The moment that is shown: markers glide and fade by it. */
  nowMs(): number
  subscribe(topic: 'positions', listener: () => void): () => void
  /** Draws trails of its own; left out, the map draws that of the selected bike. */
  packTrails?(buffer: TrailBuffer): void
}
