/** What every stored thing has. */
export interface Entity {
  /** Grows by one with every change; a write names the version that it was decided on. */
  readonly version: number
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Seeded for demonstration; `fleet demo clear` removes it. */
  readonly demo: boolean
}

export const entityKinds = [
  'bike',
  'courier',
  'delivery',
  'issue',
  'zone',
  'device',
  'user',
  'service',
] as const
export type EntityKind = (typeof entityKinds)[number]
