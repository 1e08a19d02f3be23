import { createInterface } from 'node:readline'
import type { ReadStream } from 'node:tty'
import { newPassword } from '@fleet/api'
import { AppError } from '@fleet/domain'
import { type CommandWorld, StoppedError } from './command.ts'

/**
 * A new password: typed twice without echo, or the first line of standard input. Never an argument: those are in
 * the shell's history and in the list of processes.
 *
 * @param fromStdin `--password-stdin` was given
 * @throws AppError usage when it is too short, differs, or nobody is there to type it
 */
export async function readNewPassword(world: CommandWorld, fromStdin: boolean): Promise<string> {
  const password = fromStdin ? await readFirstLine(world) : await askTwice(world)
  const checked = newPassword.safeParse(password)
  if (checked.success) return password
  throw new AppError('usage', `The password ${checked.error.issues[0]?.message ?? 'is not acceptable'}.`, {
    fix: 'Choose a longer one: four unrelated words are good.',
  })
}

async function readFirstLine({ terminal }: CommandWorld): Promise<string> {
  const lines = createInterface({ input: terminal.stdin })
  for await (const line of lines) {
    lines.close()
    return line
  }
  throw new AppError('usage', 'Standard input is empty.', { fix: 'Write the password to it, on one line.' })
}

async function askTwice(world: CommandWorld): Promise<string> {
  if (world.terminal.stdin.isTTY !== true || world.json)
    throw new AppError('usage', 'Nobody is there to type the password.', {
      fix: 'Use --password-stdin and write the password to standard input.',
    })
  const password = await askHidden(world, 'Password: ')
  if ((await askHidden(world, 'The same again: ')) === password) return password
  throw new AppError('usage', 'The two passwords differ.', { fix: 'Run the command again.' })
}

/** Reads keys one by one in raw mode: the terminal then echoes nothing. */
function askHidden({ terminal }: CommandWorld, question: string): Promise<string> {
  const stdin = terminal.stdin as unknown as ReadStream
  // Before the question: what is typed the moment it appears would still be echoed.
  stdin.setRawMode(true)
  terminal.err(question)
  return new Promise((resolve, reject) => {
    let typed = ''
    const finish = (settle: () => void) => {
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
      terminal.err('\n')
      settle()
    }
    const onData = (chunk: string) => {
      for (const key of chunk) {
        if (key === '\r' || key === '\n') return finish(() => resolve(typed))
        // Raw mode takes Ctrl-C and Ctrl-D from the terminal: they arrive as keys.
        if (key === '\u0003' || key === '\u0004')
          return finish(() => reject(new StoppedError('Stopped; nothing was changed.')))
        if (key === '\u007f' || key === '\b') typed = typed.replace(/.$/su, '')
        else if (key >= ' ') typed += key
      }
    }
    stdin.setEncoding('utf8')
    stdin.on('data', onData)
    stdin.resume()
  })
}

/** The hash as the app stores it. Its library is loaded when a password is there to hash, not for `--help`. */
export async function hashPassword(password: string): Promise<string> {
  const { createPasswords } = await import('@fleet/server')
  return createPasswords().hash(password)
}
