import type { CommandWorld } from './command.ts'

/** Work shorter than this needs no progress: a line that flashes is noise. */
const quietMs = 2_000
const lineEveryMs = 10_000
const redrawEveryMs = 100
const barCells = 24

export interface Progress {
  /** @param done of `total` */
  at(done: number, note?: string): void
  /** Takes the moving line away. */
  end(): void
}

/**
 * A bar that moves on a terminal, a line now and then in a file; on standard error, so that the answer stays
 * clean. Nothing with `--json`, and nothing in the first two seconds.
 */
export function createProgress(world: CommandWorld, label: string, total: number): Progress {
  const { terminal } = world
  const startMs = world.now()
  let shownMs = startMs + quietMs - redrawEveryMs
  let drawn = false
  return {
    at(done, note = '') {
      const nowMs = world.now()
      const everyMs = terminal.isErrTty ? redrawEveryMs : lineEveryMs
      if (world.json || nowMs - startMs < quietMs || nowMs - shownMs < everyMs) return
      shownMs = nowMs
      const share = total > 0 ? Math.min(1, done / total) : 1
      const percent = `${Math.floor(share * 100)} %`.padStart(5)
      if (!terminal.isErrTty) {
        terminal.err(`${label}:${percent} (${done} of ${total})${note && `, ${note}`}\n`)
        return
      }
      const filled = Math.round(share * barCells)
      const bar = `${'█'.repeat(filled)}${'░'.repeat(barCells - filled)}`
      const line = `${label} ${bar}${percent}  ${done}/${total}  ${note}`
      terminal.err(`\r${line.slice(0, terminal.columns - 1)}\u001b[K`)
      drawn = true
    },
    end() {
      if (drawn) terminal.err('\r\u001b[K')
      drawn = false
    },
  }
}
