import { PassThrough, Readable } from 'node:stream'
import type { CommandWorld } from '../src/command.ts'
import { createPaint, type Terminal } from '../src/terminal.ts'

/** A world for tests that keeps what was written. */
export interface TestingWorld {
  readonly world: CommandWorld
  readonly out: () => string
  readonly err: () => string
}

export function createTestingWorld(overrides: Partial<CommandWorld> & { stdin?: string } = {}): TestingWorld {
  let out = ''
  let err = ''
  let drawn = 0
  const terminal: Terminal = {
    stdin: overrides.stdin === undefined ? new PassThrough() : Readable.from([overrides.stdin]),
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    isOutTty: false,
    isErrTty: false,
    columns: 100,
    rows: 40,
    paint: createPaint(false),
  }
  return {
    out: () => out,
    err: () => err,
    world: {
      env: {},
      terminal,
      json: false,
      now: Date.now,
      randomBytes: (count) => Uint8Array.from({ length: count }, () => (drawn++ * 7919) % 256),
      stop: new AbortController().signal,
      ...overrides,
    },
  }
}
