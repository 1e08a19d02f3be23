/** One command that a guide shows, and what it says that a reader will see. */
export interface ShownCommand {
  /** 1-based line of the prompt in the guide. */
  readonly line: number
  /** Where it is typed: `operator`, or a machine's name. */
  readonly machine: string
  /** With its comment, which a shell passes over. */
  readonly command: string
  /** Output lines as printed in the guide; `…` stands for anything. */
  readonly expected: readonly string[]
  /** `# exits 1`: how it ends. 0 without a word. */
  readonly exitCode: number
  /** `# within 60 s`: what takes a while, so long a reader asks again. 0: it is so at once. */
  readonly withinS: number
}

const prompt = /^([a-z][a-z0-9-]*)[$#] (.+)$/

/**
 * The commands of a guide: fenced blocks marked `console`, each command after a prompt that names the machine. A comment
 * at its end says what is not usual: a while to wait, an exit code.
 *
 *     operator$ ./fleet cluster status  # within 60 s, exits 1
 *     degraded: …
 *
 * @throws Error for a block that begins with output, since nobody would run it
 */
export function parseConsoleBlocks(markdown: string): readonly ShownCommand[] {
  const commands: { line: number; machine: string; command: string; expected: string[] }[] = []
  let inside = false
  let current: (typeof commands)[number] | null = null
  for (const [index, text] of markdown.split('\n').entries()) {
    if (text.startsWith('```')) {
      inside = !inside && text.trim() === '```console'
      current = null
      continue
    }
    if (!inside) continue
    const match = prompt.exec(text)
    if (match) {
      current = { line: index + 1, machine: match[1]!, command: match[2]!, expected: [] }
      commands.push(current)
    } else if (current?.command.endsWith('\\'))
      current.command = `${current.command.slice(0, -1)}${text.trim()}`
    else if (current) current.expected.push(text)
    else throw new Error(`line ${index + 1}: a console block begins with a prompt such as "operator$ "`)
  }
  return commands.map((shown) => ({ ...shown, ...readComment(shown.command, shown.line) }))
}

/** @throws Error for a comment with words that mean nothing here */
function readComment(command: string, line: number): Pick<ShownCommand, 'exitCode' | 'withinS'> {
  const said = { exitCode: 0, withinS: 0 }
  const comment = / # (.+)$/.exec(command)?.[1]
  for (const words of comment?.split(', ') ?? []) {
    const [, exitCode, withinS] = /^(?:exits (\d+)|within (\d+) s)$/.exec(words) ?? []
    if (exitCode !== undefined) said.exitCode = Number(exitCode)
    else if (withinS !== undefined) said.withinS = Number(withinS)
    else throw new Error(`line ${line}: "${words}" is neither "exits N" nor "within N s"`)
  }
  return said
}

/**
 * The first line of the guide that the output does not show, in order; null when it shows all.
 * Spaces are not compared, since columns are as wide as their content.
 */
export function firstMissingLine(expected: readonly string[], output: string): string | null {
  const lines = output.split('\n').map(squeeze)
  let from = 0
  for (const wanted of expected.map(squeeze)) {
    if (wanted === '' || wanted === '…') continue
    const pattern = new RegExp(`^${wanted.split('…').map(escapeForRegExp).join('.*')}$`, 'u')
    const found = lines.findIndex((line, index) => index >= from && pattern.test(line))
    if (found < 0) return wanted
    from = found + 1
  }
  return null
}

const squeeze = (line: string) => line.trim().replaceAll(/\s+/g, ' ')
const escapeForRegExp = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
