/** Everything that a command can be refused for. The code is stable; people read the sentence. */
export const refusalCodes = [
  'not_found',
  'impossible_step',
  'stale_version',
  'already_exists',
  'in_use',
  'invalid_reference',
  'key_reused',
  'forbidden',
  'wrong_pin',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** An expected "no": a value, never an exception. */
export interface Refusal {
  readonly code: RefusalCode
  /** One sentence for a person: what cannot be, and what to do. */
  readonly message: string
  /** The field at fault, where there is one. */
  readonly field?: string
  /** With `stale_version` and `wrong_pin`: the row as it is now; with the first, the names of the fields that differ from what was expected. */
  readonly current?: unknown
  readonly changedFields?: readonly string[]
  /** Of many commands sent together: those at fault. */
  readonly rows?: readonly RowRefusal[]
}

/** Why one of many commands was refused. */
export interface RowRefusal {
  /** Its place in the list, from 0. */
  readonly index: number
  /** The row that it is about. */
  readonly id: string
  readonly refusal: Refusal
}

export type Decision<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }

export const accept = <T>(value: T): Decision<T> => ({ ok: true, value })

export const refuse = (code: RefusalCode, message: string, more: Partial<Refusal> = {}): Decision<never> => ({
  ok: false,
  refusal: { code, message, ...more },
})
