import type { StateTable } from '@fleet/domain'

/**
 * What a person may believe about the screen.
 *
 * - `connecting`: asked, nothing heard yet.
 * - `live`: heard from the server within `quietMs`.
 * - `stale`: the socket is open but silent; what is shown may be old.
 * - `offline`: no connection; retrying.
 * - `signed-out`: the server knows nobody by our cookie; nothing is tried until sign-in.
 */
export const connectionStates = ['connecting', 'live', 'stale', 'offline', 'signed-out'] as const
export type ConnectionState = (typeof connectionStates)[number]

export const connectionEvents = ['start', 'heard', 'quiet', 'lost', 'denied'] as const
export type ConnectionEvent = (typeof connectionEvents)[number]

/** Null: the event means nothing in this state and is ignored. */
export const connectionTransitions: StateTable<ConnectionState, ConnectionEvent> = {
  connecting: { start: null, heard: 'live', quiet: null, lost: 'offline', denied: 'signed-out' },
  live: { start: null, heard: null, quiet: 'stale', lost: 'offline', denied: 'signed-out' },
  stale: { start: null, heard: 'live', quiet: null, lost: 'offline', denied: 'signed-out' },
  // A retry stays `offline` until something is heard: a badge that flickers "connecting" every second calms nobody.
  offline: { start: null, heard: 'live', quiet: null, lost: null, denied: 'signed-out' },
  'signed-out': { start: 'connecting', heard: null, quiet: null, lost: null, denied: null },
}

/** The server says `alive` every 5 s; two missed and a half is a silence worth showing. */
export const quietMs = 7_000

/** The state after the event; the same state when the event means nothing there. */
export function connectionAfter(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  return connectionTransitions[state][event] ?? state
}
