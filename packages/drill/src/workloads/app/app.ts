import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { ClusterError } from '@fleet/cluster/error'

/** The app in processes of its own, at addresses that stay when it is started again. */
export interface App {
  readonly url: string
  readonly osmandUrl: string
  /** The Cookie header of a session with every right. */
  readonly cookie: string
  /** SIGTERM, then a new process; resolves when it is ready. */
  restart(): Promise<void>
  close(): Promise<void>
}

export interface AppOptions {
  /** The words that run `fleet serve --json`. */
  readonly command: readonly string[]
  /** How it reaches the cluster. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logFile: string
}

/** Not those of an app that may run in the lab already. */
const port = 18_484
const osmandPort = 15_055
const stopTimeoutMs = 20_000

/**
 * Starts the app without demonstration data and signs in.
 *
 * @throws ClusterError drill_failed when it ends before it is ready: its log says why
 */
export async function openApp({ command, env, logFile }: AppOptions): Promise<App> {
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
  const settings = {
    ...env,
    FLEET_HOST: '127.0.0.1',
    FLEET_PORT: String(port),
    FLEET_OSMAND_HOST: '127.0.0.1',
    FLEET_OSMAND_PORT: String(osmandPort),
    FLEET_SEED: 'none',
    FLEET_DEMO_RIDERS: '0',
    FLEET_LOG: 'json',
  }
  let current = await startProcess(command, settings, log)
  const { url, osmandUrl } = current.ready
  const cookie = await signIn(url, current.ready.signInLink)
  return {
    url,
    osmandUrl,
    cookie,
    async restart() {
      await endProcess(current.child)
      current = await startProcess(command, settings, log)
    },
    async close() {
      await endProcess(current.child)
      log.end()
    },
  }
}

interface Ready {
  readonly url: string
  readonly osmandUrl: string
  readonly signInLink: string
}

async function startProcess(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  log: NodeJS.WritableStream,
): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env } })
  child.stderr.pipe(log, { end: false })
  const killChild = () => child.kill('SIGKILL')
  process.once('exit', killChild)
  child.once('exit', () => process.off('exit', killChild))
  const ready = await new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as Partial<Ready> & { readonly event?: string }
      if (event.event === 'ready') resolve(event as Ready)
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(
        new ClusterError('drill_failed', `The app ended with ${code} before it was ready; app.log says why.`),
      ),
    )
  })
  return { child, ready }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await ended
  clearTimeout(timer)
}

/** Uses the one-time link. @returns the session's cookie */
async function signIn(url: string, link: string): Promise<string> {
  const response = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: link.slice(link.lastIndexOf('/') + 1) }),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (response.ok && cookie) return cookie
  throw new ClusterError('drill_failed', `The app did not let the drill sign in: ${response.status}.`)
}
