import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { AppError } from '@fleet/domain'
import type { DesktopShell } from '@fleet/server'
import { z } from 'zod'

/** The desktop app that started this server and holds the other ends of its standard input and output. */
export interface Launch {
  /** What the window proves itself with: 64 hexadecimal digits. */
  readonly token: string
  /** Aborted when standard input ends: the app stopped us, or it died, however that happened. */
  readonly parentGone: AbortSignal
  readonly shell: DesktopShell
}

const launchLine = z.object({
  launch: z.object({
    token: z.string().regex(/^[0-9a-f]{64}$/),
    build: z.enum(['sqlite', 'postgres']),
    logFile: z.string().nullable().default(null),
    versions: z.object({ program: z.string(), tauri: z.string(), webView: z.string() }),
  }),
})

/** What the app says later: the answer to the request with this number. */
const answerLine = z.object({ answer: z.int(), value: z.union([z.string(), z.boolean(), z.null()]) })
type Answer = z.infer<typeof answerLine>['value']

/**
 * Reads the first line of standard input, which says who started us: arguments and environment are seen by other
 * programs. From then on, requests to the app are lines of JSON on standard output, its answers lines on standard input.
 * A line that is no answer is passed over; an app that is gone answers null.
 *
 * @throws AppError usage when there is no such line
 */
export async function readLaunch(
  stdin: Readable & { unref?: () => void },
  write: (text: string) => void,
): Promise<Launch> {
  const parent = new AbortController()
  const waiting = new Map<number, (answer: Answer) => void>()
  const lines = createInterface({ input: stdin })
  const first = await new Promise<string | null>((resolve) => {
    lines.once('line', (line) => {
      resolve(line)
      lines.on('line', answer)
    })
    lines.once('close', () => {
      resolve(null)
      parent.abort()
      for (const settle of waiting.values()) settle(null)
      waiting.clear()
    })
  })
  // A pipe that stays open must not keep the process, when something else stopped it.
  stdin.unref?.()
  const parsed = launchLine.safeParse(fromJson(first))
  if (!parsed.success)
    throw new AppError(
      'usage',
      'The first line of standard input does not say which app started the server.',
      {
        fix: '--launched is for the desktop app; start the server without it.',
      },
    )
  const { token, build, logFile, versions } = parsed.data.launch
  const tell = (event: string, fields: object = {}) => write(`${JSON.stringify({ event, ...fields })}\n`)
  let asked = 0

  function answer(line: string): void {
    const said = answerLine.safeParse(fromJson(line))
    if (!said.success) return
    waiting.get(said.data.answer)?.(said.data.value)
    waiting.delete(said.data.answer)
  }

  function ask(event: string, fields: object = {}): Promise<Answer> {
    if (parent.signal.aborted) return Promise.resolve(null)
    const id = ++asked
    return new Promise((resolve) => {
      waiting.set(id, resolve)
      tell(event, { id, ...fields })
    })
  }

  const shell: DesktopShell = {
    build,
    versions,
    logFile,
    async readPassword() {
      const password = await ask('read-password')
      return typeof password === 'string' ? password : null
    },
    keepPassword: async (password) => (await ask('keep-password', { password })) === true,
    notify: ({ title, body, path }) => tell('notify', { title, body, path }),
    showState: ({ text, urgent }) => tell('show-state', { text, urgent }),
    showMenu: (menu) => tell('show-menu', { menu }),
  }
  return { token, parentGone: parent.signal, shell }
}

function fromJson(line: string | null): unknown {
  try {
    return JSON.parse(line ?? '')
  } catch {
    return null
  }
}

/** Longer than an orderly stop takes: requests in flight have 10 s. */
const stopTimeoutMs = 15_000

/** Ends this process when an orderly stop hangs, after the desktop app is gone that would have ended it. */
export function dieWithParent({ parentGone }: Launch): void {
  const wait = () => void setTimeout(() => process.exit(1), stopTimeoutMs).unref()
  if (parentGone.aborted) wait()
  else parentGone.addEventListener('abort', wait, { once: true })
}
