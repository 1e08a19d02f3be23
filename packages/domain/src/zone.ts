import type { Entity } from './entity.ts'
import type { Point } from './geo.ts'
import type { ZoneId } from './ids.ts'

export const zoneKinds = ['service_area', 'depot', 'no_ride', 'slow', 'pollution', 'traffic'] as const
export type ZoneKind = (typeof zoneKinds)[number]

export interface Zone extends Entity {
  readonly id: ZoneId
  readonly name: string
  readonly kind: ZoneKind
  /** Outer ring, at least three points, first not repeated. */
  readonly polygon: readonly Point[]
}
