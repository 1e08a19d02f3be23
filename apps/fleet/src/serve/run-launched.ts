import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, StartProblem, StartState } from '@fleet/api'
import { type FleetServer, openSetUp, type SetUp, SettingsOffice, WindowDoor } from '@fleet/server'
import { defaultFile, openStore } from '@fleet/store'
import type { CommandWorld } from '../command.ts'
import type { ServeConfig } from '../config/serve-config.ts'
import type { Env } from '../config/settings.ts'
import type { Log } from '../log.ts'
import { isDecidedOutside, parseDesktopConfig, setOutside } from './desktop-config.ts'
import type { Launch } from './launch.ts'
import { findWebRoot, type RunningApp, startApp, stopApp } from './start-app.ts'
import { mayPass, startProblemOf, stillAway } from './start-problem.ts'

interface LaunchedOptions {
  readonly settingsFile: string
  readonly env: Env
  readonly launch: Launch
  readonly log: Log
  readonly announce: (server: Pick<FleetServer, 'url' | 'osmandUrl' | 'signInLink'>) => void
}

/** The window waits behind a splash: what takes longer is told and tried again. */
const openingMs = 3_000
const betweenTriesMs = 3_000

type Decision =
  | {
      readonly is: 'config'
      readonly config: ServeConfig
      /** How the servers are reached, when the settings say so. */
      readonly connection: Connection | null
    }
  | { readonly is: 'question' }
  | { readonly is: 'problem'; readonly problem: StartProblem }

/**
 * The server of the desktop app: works on the database that the settings name, and as long as there is none, it stands at
 * the same address with the page that asks for it or says what is in the way. Ends when it was stopped.
 *
 * @throws AppError address_in_use
 */
export async function runLaunched(options: LaunchedOptions, world: CommandWorld): Promise<void> {
  const { env, launch, log } = options
  let called = Promise.withResolvers<void>()
  const call = () => {
    // At once: the page looks as soon as it is answered.
    office.state = opening
    called.resolve()
  }
  const office: SettingsOffice = new SettingsOffice({
    file: options.settingsFile,
    dataFile: env['FLEET_DB'] || defaultFile(env),
    setOutside: setOutside(env),
    shell: launch.shell,
    onSaved: call,
    onTryAgain: call,
  })
  const stopped = new Promise<void>((resolve) => {
    if (world.stop.aborted) resolve()
    else world.stop.addEventListener('abort', () => resolve(), { once: true })
  })
  let setUp: SetUp | null = null
  const door = await WindowDoor.open('127.0.0.1', Number(env['FLEET_PORT']) || 0)
  const port = Number(new URL(door.url).port)
  let isAnnounced = false
  let isAgain = false

  const announce = (server: Parameters<LaunchedOptions['announce']>[0]) => {
    if (!isAnnounced) options.announce(server)
    isAnnounced = true
  }

  /** The app, or why there is none. */
  async function tryToStart(): Promise<RunningApp | Exclude<Decision, { is: 'config' }> | null> {
    const decision = await decide(office, options)
    if (decision.is !== 'config') return decision
    const config = { ...decision.config, port }
    try {
      // A store that is opened in vain takes a moment to close again.
      const away = isAgain ? await stillAway(config.store) : null
      if (away) return { is: 'problem', problem: away }
      const report = (message: string) => log.info({}, message)
      const opening = { now: world.now, signal: world.stop, deadlineMs: openingMs, report }
      const store = await openStore(config.store, opening)
      await setUp?.close()
      setUp = null
      const app = await startApp({ store, config, log, launch, settings: office, door }, world)
      if (app && decision.connection) await office.keepPassword(decision.connection)
      return app
    } catch (error) {
      if (world.stop.aborted) return null
      const isOutside = Boolean(env['FLEET_OSMAND_PORT'])
      return { is: 'problem', problem: await startProblemOf(error, config, isOutside) }
    }
  }

  // Waiting for the keyring's answer is no reason to end: nothing else is open then.
  const alive = setInterval(() => {}, 60_000)
  try {
    while (!world.stop.aborted) {
      called = Promise.withResolvers<void>()
      const outcome = await tryToStart()
      if (outcome === null) break
      if ('server' in outcome) {
        office.state = { is: 'running', problem: null, triesAgain: false }
        announce(outcome.server)
        await Promise.race([called.promise, stopped])
        await stopApp(outcome, log)
        isAgain = false
        continue
      }
      office.state = stateOf(outcome)
      if (!isAgain)
        log.warn({ problem: office.state.problem }, 'The app waits for its settings or its database')
      if (setUp === null) {
        setUp = await openSetUp({ ...means(), office, door })
        announce({ url: door.url, osmandUrl: null, signInLink: null })
      }
      const pause = new AbortController()
      const waits = [called.promise.then(() => 'called' as const), stopped]
      if (office.state.triesAgain)
        waits.push(sleep(betweenTriesMs, undefined, { signal: pause.signal }).catch(() => {}))
      const why = await Promise.race(waits)
      pause.abort()
      isAgain = why !== 'called'
    }
  } finally {
    clearInterval(alive)
    await setUp?.close()
    await door.close()
  }

  function means() {
    const { token: launchToken } = launch
    return { launchToken, webRoot: findWebRoot(log), log, now: world.now }
  }
}

const opening: StartState = { is: 'opening', problem: null, triesAgain: false }

function stateOf(outcome: Exclude<Decision, { is: 'config' }>): StartState {
  if (outcome.is === 'question') return { is: 'question', problem: null, triesAgain: false }
  return { is: 'problem', problem: outcome.problem, triesAgain: mayPass(outcome.problem) }
}

/** Where the data is, by the environment and the settings. */
async function decide(office: SettingsOffice, options: LaunchedOptions): Promise<Decision> {
  const { env, settingsFile: file } = options
  const { shell } = options.launch
  const read = office.read()
  const isOutside = isDecidedOutside(env)
  if (!isOutside) {
    if (read.is === 'none') return { is: 'question' }
    if (read.is === 'faults')
      return { is: 'problem', problem: { kind: 'settings', file, faults: [...read.faults] } }
    if (read.is === 'unreadable')
      return { is: 'problem', problem: { kind: 'settings_unreadable', file, detail: read.detail } }
    // Written by the other build of the program.
    if (shell.build === 'postgres' && read.settings.data === 'here') return { is: 'question' }
  }
  const settings = read.is === 'settings' ? read.settings : null
  const connection = !isOutside && settings?.data === 'servers' ? settings.connection : null
  const password = connection && (await office.password(connection))
  const parsed = parseDesktopConfig(env, settings, password)
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ message, fix }) => ({ message, fix }))
    return { is: 'problem', problem: { kind: 'environment', problems } }
  }
  if (shell.build === 'postgres' && parsed.config.store.backend === 'sqlite') {
    const message = 'This app works on the cluster only, and PG_HOST does not say where that is.'
    return { is: 'problem', problem: { kind: 'environment', problems: [{ message, fix: 'Set PG_HOST.' }] } }
  }
  return { is: 'config', config: parsed.config, connection }
}
