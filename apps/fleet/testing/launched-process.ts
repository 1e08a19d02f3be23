import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { StartState } from '@fleet/api'
import { until } from './fleet-command.ts'

/** The server of the desktop app in a process of its own, with this in the place of the native program around it. */
export interface LaunchedProcess {
  readonly url: string
  /** Where the window goes first: it leaves the cookie that all else asks for. */
  readonly launchUrl: string
  /** As the window: with its cookie. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Asks until the app is in this state. */
  untilIs(is: StartState['is'], deadlineMs?: number): Promise<StartState>
  log(): string
  /** Ends its standard input, as the program does; resolves to the exit code. */
  end(): Promise<number | null>
}

interface LaunchedOptions {
  readonly env: Readonly<Record<string, string>>
  readonly build?: 'sqlite' | 'postgres'
  /** What the keyring holds, and takes; null: this computer has none. */
  readonly keyring?: { holds: string | null; asked?: number } | null
}

const token = 'c0'.repeat(32)

/** Starts it and waits until the window would be told where it is. */
export async function startLaunched(options: LaunchedOptions): Promise<LaunchedProcess> {
  const { build = 'sqlite', keyring = null } = options
  const inherited = Object.entries(process.env).filter(([name]) => !/^(FLEET_|PG)/.test(name))
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../src/main.ts'), 'serve', '--json', '--launched'],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...Object.fromEntries(inherited), FLEET_PORT: '0', FLEET_LOG: 'text', ...options.env },
    },
  )
  const log: string[] = []
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const killChild = () => child.kill('SIGKILL')
  process.once('exit', killChild)
  const closed = once(child, 'close').then(() => process.off('exit', killChild))
  const tell = (line: object) => child.stdin.write(`${JSON.stringify(line)}\n`)
  const versions = { program: '0.0.0', tauri: '0.0.0', webView: '0.0.0' }
  tell({ launch: { token, build, versions } })
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as {
        event?: string
        url?: string
        id?: number
        password?: string | null
        error?: object
      }
      if (said.error !== undefined) log.push(JSON.stringify(said.error))
      if (said.event === 'ready') resolve(said.url!)
      if (said.event === 'read-password') {
        if (keyring !== null) keyring.asked = (keyring.asked ?? 0) + 1
        tell({ answer: said.id, value: keyring?.holds ?? null })
      }
      if (said.event === 'keep-password') {
        if (keyring !== null) keyring.holds = said.password ?? null
        tell({ answer: said.id, value: keyring !== null })
      }
    })
    void closed.then(() => reject(new Error(`it ended with ${child.exitCode}:\n${log.join('')}`)))
  })
  const launchUrl = `${url}/launch/${token}`
  let cookie: string | null = null
  const fetchAsWindow = async (path: string, init: RequestInit = {}) => {
    if (cookie === null) {
      const opened = await fetch(launchUrl, { redirect: 'manual' })
      cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!
    }
    const headers = new Headers(init.headers)
    headers.set('cookie', [cookie, headers.get('cookie')].filter(Boolean).join('; '))
    return fetch(`${url}${path}`, { redirect: 'manual', ...init, headers })
  }
  return {
    url,
    launchUrl,
    fetch: fetchAsWindow,
    untilIs: (is, deadlineMs = 60_000) =>
      until(
        `the app is ${is}`,
        async () => {
          const answer = await fetchAsWindow('/api/desktop/start').catch(() => null)
          const state = answer?.ok ? ((await answer.json()) as StartState) : null
          return state?.is === is ? state : null
        },
        deadlineMs,
      ),
    log: () => log.join(''),
    async end() {
      child.stdin.end()
      await closed
      return child.exitCode
    },
  }
}
