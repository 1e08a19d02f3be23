import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@fleet/store/testing'
import { until } from '../../fleet/testing/fleet-command.ts'
import { WebDriver } from './webdriver.ts'

export type Backend = 'sqlite' | 'postgres'

export interface Process {
  readonly pid: number
  /** The shell itself, our server, or a part of WebKit. */
  readonly kind: 'shell' | 'server' | 'webkit'
  readonly command: string
  /** What it has in memory, its share of what it shares with others counted in part. */
  readonly proportionalBytes: number
}

export const programs: Readonly<Record<Backend, string>> = {
  sqlite: process.env['FLEET_DESKTOP_SQLITE'] ?? '',
  postgres: process.env['FLEET_DESKTOP_POSTGRES'] ?? '',
}

/** A person's account on a machine: what the app keeps is there from one start to the next. */
export class Desk {
  readonly home = mkdtempSync(join(tmpdir(), 'fleet-desk-'))
  readonly env: NodeJS.ProcessEnv
  readonly #mark = randomUUID()

  /** @param hasChosen whether the question of the first start was answered with "this computer" */
  constructor(settings: Readonly<Record<string, string>> = {}, { hasChosen = true } = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(FLEET_|PG|XDG_|TAURI_)/.test(name))
    const runtime = join(this.home, 'run')
    mkdirSync(runtime, { mode: 0o700 })
    if (hasChosen) {
      const folder = join(this.home, '.config/nl.amsterdambikefleet.desktop')
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'settings.json'), '{ "data": "here" }')
    }
    this.env = {
      ...Object.fromEntries(inherited),
      HOME: this.home,
      XDG_RUNTIME_DIR: runtime,
      LANG: 'C.UTF-8',
      DESK_OF_TEST: this.#mark,
      FLEET_OSMAND_PORT: 'off',
      ...settings,
    }
  }

  /** Starts the app without a driver, as the menu does. */
  start(
    backend: Backend = 'sqlite',
    settings: Readonly<Record<string, string>> = {},
    words: readonly string[] = [],
  ): ChildProcess {
    return spawn(programs[backend], words, {
      env: { ...this.env, ...settings },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }

  /** Starts the app with a driver that sees into its window. */
  async open(
    backend: Backend = 'sqlite',
    settings: Readonly<Record<string, string>> = {},
    words: readonly string[] = [],
  ): Promise<WebDriver> {
    const port = await freePort()
    const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
      env: { ...this.env, ...settings, TAURI_WEBVIEW_AUTOMATION: 'true' },
      stdio: 'ignore',
    })
    return WebDriver.open(driver, port, [programs[backend], ...words])
  }

  /**
   * All processes of the app that run, by the mark in their environment.
   *
   * @param roots further ones, whose children count too: Chromium writes over its environment
   */
  processes(roots: readonly number[] = []): Process[] {
    const found = new Map<number, Process>()
    const wanted = new Set(roots)
    // A child has a higher number, or it is found the next time.
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      const read = (file: string) => readFileSync(join('/proc', name, file), 'latin1')
      try {
        const pid = Number(name)
        const parent = Number(/^PPid:\s+(\d+)/m.exec(read('status'))?.[1])
        if (wanted.has(parent)) wanted.add(pid)
        if (!wanted.has(pid) && !read('environ').includes(this.#mark)) continue
        const command = read('cmdline')
        if (command.includes('WebKitWebDriver')) continue
        const kind = command.includes('amsterdam-bike-fleet\0')
          ? 'shell'
          : /\/main\.(mjs|ts)\0/.test(command)
            ? 'server'
            : 'webkit'
        const kilobytes = Number(/^Pss:\s+(\d+) kB/m.exec(read('smaps_rollup'))?.[1] ?? 0)
        found.set(pid, {
          pid,
          kind,
          command: command.replaceAll('\0', ' '),
          proportionalBytes: kilobytes * 1024,
        })
      } catch {
        // It ended while we looked.
      }
    }
    return [...found.values()]
  }

  /** Closes the window as a person does, by its frame, and waits until nothing of the app runs. */
  async close(window: WebDriver): Promise<void> {
    execFileSync('wmctrl', ['-c', 'Amsterdam Bike Fleet'])
    await this.untilNothingRuns()
    await window.end()
  }

  async untilNothingRuns(): Promise<void> {
    await until('no process of the app is left', () => this.processes().length === 0 || null, 40_000).catch(
      (error: unknown) => {
        throw new Error(`still there: ${JSON.stringify(this.processes())}`, { cause: error })
      },
    )
  }

  log(): string {
    return readFileSync(join(this.home, '.local/share/nl.amsterdambikefleet.desktop/logs/server.log'), 'utf8')
  }

  /** Ends what still runs and forgets all that was kept. */
  async clear(): Promise<void> {
    for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL')
    await this.untilNothingRuns()
    rmSync(this.home, { recursive: true, force: true })
  }
}

export const exitCodeOf = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
