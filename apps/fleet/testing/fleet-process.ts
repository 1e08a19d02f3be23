import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@fleet/store/testing'

/** The real app in a process of its own, as `npm start` runs it. */
export interface FleetProcess {
  readonly url: string
  readonly osmandUrl: string
  readonly signInLink: string
  readonly pid: number
  /** Everything that it wrote to standard error so far. */
  log(): string
  /** Sends the signal and waits until the process is gone; resolves to its exit code, null after a signal. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>
}

/**
 * Starts `fleet serve` on ports that the system chooses and waits until it says ready.
 *
 * @param env settings on top of the caller's own environment, such as FLEET_DB or PG_HOST
 * @throws Error with what it logged when it ends before it is ready
 */
export async function startFleet(env: Readonly<Record<string, string>>): Promise<FleetProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts'), 'serve', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      FLEET_PORT: '0',
      FLEET_OSMAND_PORT: String(await freePort()),
      // The default folder is one process's, and tests run side by side: those that need a spool name their own.
      FLEET_SPOOL_MB: '0',
      ...env,
    },
  })
  const log: string[] = []
  const said: string[] = []
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const killChild = () => child.kill('SIGKILL')
  process.once('exit', killChild)
  // Not `exit`: what it said last may still be in the pipe then.
  const exited = once(child, 'close').then(() => process.off('exit', killChild))
  const ready = await new Promise<Record<'url' | 'osmandUrl' | 'signInLink', string>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line)
      const event = JSON.parse(line) as { event?: string } & Record<
        'url' | 'osmandUrl' | 'signInLink',
        string
      >
      if (event.event === 'ready') resolve(event)
    })
    void exited.then(() =>
      reject(new Error(`fleet serve ended with ${child.exitCode}:\n${said.join('\n')}\n${log.join('')}`)),
    )
  })
  return {
    ...ready,
    pid: child.pid!,
    log: () => log.join(''),
    async end(signal) {
      child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}

/** Uses the one-time link; resolves to the Cookie header of the session. */
export async function signInByLink({
  url,
  signInLink,
}: Pick<FleetProcess, 'url' | 'signInLink'>): Promise<string> {
  const response = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: signInLink.slice(signInLink.lastIndexOf('/') + 1) }),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (!response.ok || !cookie) throw new Error(`sign-in failed: ${response.status} ${await response.text()}`)
  return cookie
}
