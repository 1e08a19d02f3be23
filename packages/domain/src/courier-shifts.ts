import type { Shift } from './courier.ts'
import type { BikeId, CourierId } from './ids.ts'

/** A state that a courier came into, as the change log has it. */
export interface CourierState {
  readonly courierId: CourierId
  readonly atMs: number
  readonly shift: Shift
  readonly bikeId: BikeId | null
}

/** From the start of work to its end. */
export interface WorkedShift {
  readonly courierId: CourierId
  readonly fromMs: number
  /** Null while it lasts. */
  readonly toMs: number | null
  /** Without breaks, up to now where it lasts. */
  readonly workedMs: number
  readonly breakMs: number
  /** In the order in which they were taken, each once. */
  readonly bikeIds: readonly BikeId[]
}

/**
 * The shifts that one courier worked.
 *
 * @param states of one courier, oldest first; what was before the first is taken to be off
 */
export function workedShifts(states: readonly CourierState[], nowMs: number): readonly WorkedShift[] {
  const shifts: WorkedShift[] = []
  let open: {
    courierId: CourierId
    fromMs: number
    workedMs: number
    breakMs: number
    bikeIds: BikeId[]
  } | null = null
  let before: CourierState | null = null
  const close = (toMs: number | null) => {
    if (open) shifts.push({ ...open, toMs })
    open = null
  }
  const pass = (untilMs: number) => {
    if (!open || !before) return
    // A clock that was set back makes no negative time.
    const passedMs = Math.max(0, untilMs - before.atMs)
    if (before.shift === 'break') open.breakMs += passedMs
    else open.workedMs += passedMs
  }
  for (const state of states) {
    pass(state.atMs)
    if (state.shift === 'off') close(state.atMs)
    else {
      open ??= { courierId: state.courierId, fromMs: state.atMs, workedMs: 0, breakMs: 0, bikeIds: [] }
      if (state.bikeId !== null && !open.bikeIds.includes(state.bikeId)) open.bikeIds.push(state.bikeId)
    }
    before = state
  }
  pass(nowMs)
  close(null)
  return shifts
}
