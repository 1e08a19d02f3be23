import type { Terminal } from './terminal.ts'

const escape = '\u001b'
const begin = `${escape}[?1049h${escape}[?25l`
const end = `${escape}[?25h${escape}[?1049l`

export interface LiveScreen {
  /** Shows a text in place of the one before. */
  draw(text: string): void
  /** Gives the terminal back as it was. */
  close(): void
}

/**
 * Draws one text over another without flicker: on the terminal's second screen, each frame in one write that
 * overwrites line by line and erases only what is left over. Where output is no terminal, frames follow one another.
 *
 * What does not fit below is left out, and how much of it is said.
 */
export function openLiveScreen(terminal: Terminal): LiveScreen {
  if (!terminal.isOutTty) {
    let first = true
    return {
      draw(text) {
        terminal.out(`${first ? '' : '\n'}${text}\n`)
        first = false
      },
      close() {},
    }
  }
  terminal.out(begin)
  return {
    draw(text) {
      const lines = text.split('\n')
      const height = terminal.rows
      const shown =
        lines.length > height
          ? [...lines.slice(0, Math.max(0, height - 1)), `(${lines.length - height + 1} more lines)`]
          : lines
      // A synchronised update: terminals that know it show the frame at once, others ignore it.
      terminal.out(
        `${escape}[?2026h${escape}[H${shown.map((line) => `${line}${escape}[K`).join('\r\n')}${escape}[J${escape}[?2026l`,
      )
    },
    close() {
      terminal.out(end)
    },
  }
}
