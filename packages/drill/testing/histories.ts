import type { DrillEvent, NodeSample } from '../src/history/observations.ts'
import type { Operation } from '../src/history/operation.ts'

/** An operation of which only what matters is said. */
export type Sketch = Partial<Operation> & Pick<Operation, 'kind'>

/**
 * A history written by hand: operations that follow one another, each 10 ms long and `ok`, unless the sketch says
 * otherwise.
 */
export const written = (...sketches: readonly Sketch[]): readonly Operation[] =>
  sketches.map((sketch, index) => {
    const startMs = sketch.startMs ?? index * 20
    return {
      id: index + 1,
      workload: 'test',
      process: 'a',
      key: 'row',
      value: null,
      outcome: 'ok',
      answer: null,
      why: null,
      startMs,
      endMs: startMs + 10,
      startedAtMs: 1_000_000 + startMs,
      ...sketch,
    }
  })

/** Events of a drill by kind and time. */
export const happened = (
  ...events: readonly (readonly [DrillEvent['kind'], number])[]
): readonly DrillEvent[] =>
  events.map(([kind, atMs]) => ({ kind, atMs, wallMs: 1_000_000 + atMs, text: kind }))

/** A node that says something of itself, answered at once. */
export const says = (node: string, atMs: number, writable: boolean): NodeSample => ({
  type: 'node',
  node,
  askedMs: atMs,
  answeredMs: atMs,
  primary: writable,
  writable,
})
