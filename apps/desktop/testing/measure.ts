// Prints what a start costs and what is in memory at rest, beside Chromium in app mode on the same server, which stands
// for a shell like Electron. Run by scripts/desktop-test.mjs with `--measure`.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from '../../fleet/testing/fleet-command.ts'
import { Desk, exitCodeOf, programs } from './desktop-app.ts'
import { Screen } from './screen.ts'

/** Starts until the middle of the screen shows a map, and memory some time later. */
interface Figures {
  readonly paintedMs: number
  /** Megabytes by part; what processes share is counted once. */
  readonly memory: ReadonlyMap<string, number>
}

/** What is started on a screen, and ended again. */
type Shell = (
  desk: Desk,
  screen: Screen,
) => Promise<{ readonly roots: readonly number[]; end(): Promise<unknown> }>

const runs = 4
const restMs = Number(process.env['FLEET_MEASURE_REST_MS'] ?? 20_000)
const pictures = join(import.meta.dirname, '../test-results')

const ours: Shell = async (desk, screen) => {
  const app = desk.start('sqlite', { DISPLAY: screen.name })
  return {
    roots: [],
    end: () => {
      app.kill('SIGTERM')
      return exitCodeOf(app)
    },
  }
}

/** As the app does: the server first, then the window on its one-launch address. */
const chromium: Shell = async (desk, screen) => {
  const tree = dirname(dirname(programs.sqlite))
  const env = { ...desk.env, NODE_COMPILE_CACHE: join(desk.home, 'compiled'), DISPLAY: screen.name }
  const server = spawn(process.execPath, [join(tree, 'server/main.mjs'), 'serve', '--json', '--launched'], {
    env: { ...env, FLEET_PORT: '0' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const token = 'c0'.repeat(32)
  const versions = { program: '0', tauri: '0', webView: '0' }
  server.stdin.write(`${JSON.stringify({ launch: { token, build: 'sqlite', versions } })}\n`)
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { event?: string; url?: string }
      if (said.event === 'ready' && said.url) resolve(said.url)
    })
  })
  const words = [
    `--app=${url}/launch/${token}`,
    `--user-data-dir=${join(desk.home, 'chromium')}`,
    '--no-first-run',
    '--no-sandbox',
    '--password-store=basic',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--window-position=0,0',
    '--window-size=1360,860',
  ]
  const browser = spawn('/usr/bin/chromium', words, { env, stdio: 'ignore' })
  const end = (child: ChildProcess) => {
    child.kill('SIGTERM')
    return exitCodeOf(child)
  }
  return { roots: [browser.pid!], end: () => Promise.all([end(browser), end(server)]) }
}

async function measure(name: string, shell: Shell, desk: Desk): Promise<Figures> {
  const screen = await Screen.open()
  const startedMs = performance.now()
  const app = await shell(desk, screen)
  try {
    await until('the map is painted', () => screen.showsMap() || null, 90_000)
    const paintedMs = performance.now() - startedMs
    mkdirSync(pictures, { recursive: true })
    writeFileSync(join(pictures, `measured-${name}.png`), screen.picture())
    await new Promise((resolve) => setTimeout(resolve, restMs))
    const memory = new Map<string, number>()
    for (const { kind, command, proportionalBytes } of desk.processes(app.roots)) {
      const part = kind === 'webkit' ? partOf(command) : kind
      memory.set(part, (memory.get(part) ?? 0) + proportionalBytes / 1e6)
    }
    return { paintedMs, memory }
  } finally {
    await app.end()
    await desk.untilNothingRuns()
    await screen.close()
  }
}

const partOf = (command: string) =>
  /WebKit(\w+)Process/.exec(command)?.[1]?.toLowerCase() ?? /--type=([\w-]+)/.exec(command)?.[1] ?? 'browser'

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`

async function report(name: string, shell: Shell): Promise<void> {
  const desk = new Desk()
  Object.assign(desk.env, { FLEET_DB: join(desk.home, 'fleet.db') })
  try {
    const figures: Figures[] = []
    for (let run = 1; run <= runs; run++) figures.push(await measure(`${name}-${run}`, shell, desk))
    const [first, ...later] = figures
    const median = later.map(({ paintedMs }) => paintedMs).sort((a, b) => a - b)[Math.floor(later.length / 2)]
    const { memory } = figures.at(-1)!
    const total = [...memory.values()].reduce((sum, each) => sum + each, 0)
    const parts = [...memory].map(([part, megabytes]) => `${part} ${Math.round(megabytes)}`).join(', ')
    console.log(
      `${name}: map painted ${seconds(first!.paintedMs)} after the first start, ${seconds(median!)} after the next ones (median of ${later.length}); ${Math.round(total)} MB in memory (${parts})`,
    )
  } finally {
    await desk.clear()
  }
}

const deb = process.env['FLEET_DESKTOP_DEB']
if (deb) console.log(`package: ${(statSync(deb).size / 1e6).toFixed(1)} MB`)
await report('app', ours)
await report('chromium', chromium)
