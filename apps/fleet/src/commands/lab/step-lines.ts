import type { Steps } from '@fleet/lab'
import type { CommandWorld } from '../../command.ts'

/** Work shorter than this is not worth a line where lines stay. */
const quietMs = 300
const redrawEveryMs = 100

/**
 * A line for each step with the time it took, on standard error. On a terminal the line of the step that runs moves;
 * steps run one after another. Nothing with `--json`.
 */
export function createStepLines({ terminal, now, json }: CommandWorld): Steps {
  if (json) return { step: (_, work) => work(() => {}) }
  const { paint } = terminal
  const seconds = (sinceMs: number) => `${((now() - sinceMs) / 1_000).toFixed(1)} s`
  return {
    async step(title, work) {
      const startMs = now()
      let noted = ''
      const draw = () => {
        const line = `  ${seconds(startMs).padStart(8)}  ${title}${noted && `  ${noted}`}`
        terminal.err(`\r${line.slice(0, terminal.columns - 1)}\u001b[K`)
      }
      const timer = terminal.isErrTty ? setInterval(draw, redrawEveryMs) : undefined
      const wipe = () => {
        clearInterval(timer)
        if (terminal.isErrTty) terminal.err('\r\u001b[K')
      }
      try {
        const result = await work((text) => (noted = text))
        wipe()
        if (now() - startMs >= quietMs)
          terminal.err(`${paint.green('✓')} ${seconds(startMs).padStart(8)}  ${title}\n`)
        return result
      } catch (error) {
        wipe()
        terminal.err(`${paint.red('✗')} ${seconds(startMs).padStart(8)}  ${title}\n`)
        throw error
      }
    },
  }
}
