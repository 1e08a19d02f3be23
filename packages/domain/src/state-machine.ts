import { accept, type Decision, refuse } from './refusal.ts'

/**
 * A state machine as one exhaustive table: every state x every event names the next state, or null where the
 * step is impossible. A missing cell does not compile.
 */
export type StateTable<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Record<Event, State | null>>>
>

/** The next state, or a refusal that names the steps that are possible from here. */
export function step<State extends string, Event extends string>(
  noun: string,
  table: StateTable<State, Event>,
  from: State,
  event: Event,
): Decision<State> {
  const to = table[from][event]
  if (to !== null) return accept(to)
  const possible = possibleEvents(table, from)
  return refuse(
    'impossible_step',
    `A ${noun} that is ${readable(from)} cannot ${readable(event)}. ` +
      (possible.length > 0
        ? `Possible from here: ${possible.map(readable).join(', ')}.`
        : 'Nothing is possible from here.'),
    { field: 'status' },
  )
}

export function possibleEvents<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  from: State,
): Event[] {
  return (Object.keys(table[from]) as Event[]).filter((event) => table[from][event] !== null)
}

const readable = (name: string) => name.replaceAll('_', ' ')
