import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client, type ClientConfig } from 'pg'
import type { PostgresConfig } from '../src/config.ts'

/** A real PostgreSQL server of its own for one test run: on loopback, gone after `stop`. */
export interface PostgresServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** The folder with `psql`, `pg_ctl` and the other programs of the same version. */
  readonly binDir: string
  readonly version: number
  /** Process id of the postmaster. */
  readonly pid: number
  /** How the app's store connects to one of its databases. */
  config(database: string, poolSize: number): PostgresConfig
  /** The same as environment variables, for an app in a process of its own. */
  env(database: string): Record<string, string>
  /** A fresh database; returns its name. */
  createDatabase(): Promise<string>
  /** A session beside the store, for faults and for looking. It does not mind being cut off. */
  connect(database?: string): Promise<Client>
  /** Ends it and keeps its data: in good order (fast), or as a crash does (immediate). */
  halt(mode: 'fast' | 'immediate'): Promise<void>
  /** Starts it again after `halt`, on the same port. */
  resume(): Promise<void>
  /** Copies it to a standby of its own, which streams from it. */
  startStandby(settings?: Settings): Promise<PostgresServer>
  stop(): Promise<void>
}

type Settings = Readonly<Record<string, string>>

const user = 'fleet_test'
const password = 'only-for-tests-on-loopback'

/**
 * Starts PostgreSQL from Debian's newest installed `postgresql-NN` package.
 *
 * PostgreSQL refuses to run as root: then it runs as the `postgres` user that the package made.
 *
 * @param settings extra postgresql.conf settings
 * @throws Error naming the command that installs PostgreSQL, when it is missing
 */
export async function startPostgres(settings: Settings = {}): Promise<PostgresServer> {
  const home = createHome()
  const passwordFile = join(home.dir, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (home.owner) chownSync(passwordFile, home.owner.uid, home.owner.gid)
  await runProgram(home, 'initdb', [
    '-D',
    home.data,
    '-U',
    user,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  ])
  return startOn(home, settings)
}

/** Where a server lives, and as whom. */
interface Home {
  readonly dir: string
  readonly data: string
  readonly owner: { readonly uid: number; readonly gid: number } | null
  readonly binDir: string
  readonly version: number
}

function createHome(): Home {
  const dir = mkdtempSync(join(tmpdir(), 'fleet-pg-'))
  const owner = process.getuid?.() === 0 ? lookUpUser('postgres') : null
  if (owner) chownSync(dir, owner.uid, owner.gid)
  return { dir, data: join(dir, 'data'), owner, ...findPostgres() }
}

async function runProgram(home: Home, name: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(join(home.binDir, name), [...args], {
    ...home.owner,
    cwd: home.dir,
    env: { ...process.env, PGPASSWORD: password },
  })
}

async function startOn(home: Home, settings: Settings): Promise<PostgresServer> {
  const { dir, binDir, version } = home
  const connection = { host: '127.0.0.1', port: await freePort(), user, password }
  const all: Settings = {
    listen_addresses: connection.host,
    port: String(connection.port),
    unix_socket_directories: dir,
    shared_buffers: '128MB',
    max_connections: '100',
    ...settings,
  }
  let postmaster = await startPostmaster(home, all, connection)
  let databases = 0
  return {
    ...connection,
    binDir,
    version,
    get pid() {
      return postmaster.pid!
    },
    config: (database, poolSize) => ({
      backend: 'postgres',
      ...connection,
      database,
      readPort: null,
      poolSize,
      ssl: { mode: 'disable', rootCertFile: null },
    }),
    env: (database) => ({
      PG_HOST: connection.host,
      PG_PORT: String(connection.port),
      PG_USER: user,
      PG_PASSWORD: password,
      PG_DATABASE: database,
      PGSSLMODE: 'disable',
    }),
    async createDatabase() {
      const name = `fleet_${process.pid}_${(databases += 1)}`
      await withClient({ ...connection, database: 'postgres' }, (client) =>
        client.query(`CREATE DATABASE ${name}`),
      )
      return name
    },
    async connect(database = 'postgres') {
      const client = new Client({ ...connection, database })
      client.on('error', () => {})
      await client.connect()
      return client
    },
    halt: (mode) => end(postmaster, mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    async resume() {
      postmaster = await startPostmaster(home, all, connection)
    },
    async startStandby(standbySettings = {}) {
      const copy = createHome()
      const { host, port } = connection
      const from = ['-h', host, '-p', String(port), '-U', user]
      // -R writes standby.signal and where to stream from.
      await runProgram(copy, 'pg_basebackup', [...from, '-D', copy.data, '-R', '-c', 'fast'])
      return startOn(copy, { ...settings, ...standbySettings })
    },
    async stop() {
      await end(postmaster, 'SIGINT')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function startPostmaster(
  home: Home,
  settings: Settings,
  connection: ClientConfig,
): Promise<ChildProcess> {
  const log: string[] = []
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(home.binDir, 'postgres'), ['-D', home.data, ...options], {
    ...home.owner,
    cwd: home.dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr.on('data', (chunk: Buffer) => {
    log.push(chunk.toString())
    if (log.length > 200) log.shift()
  })
  // A test run that is killed must not leave a server behind.
  const killChild = () => child.kill('SIGQUIT')
  process.once('exit', killChild)
  child.once('exit', () => process.off('exit', killChild))
  await waitUntilReady(connection, () => child.exitCode, log)
  return child
}

async function end(child: ChildProcess, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await gone
}

function findPostgres(): { binDir: string; version: number } {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isInteger) : []
  const version = versions
    .filter((candidate) => existsSync(join(root, String(candidate), 'bin/postgres')))
    .sort((a, b) => b - a)[0]
  if (version === undefined)
    throw new Error('PostgreSQL is not installed. Install it with: apt-get install -y postgresql')
  return { binDir: join(root, String(version), 'bin'), version }
}

function lookUpUser(name: string): { uid: number; gid: number } {
  const fields = execFileSync('getent', ['passwd', name], { encoding: 'utf8' }).trim().split(':')
  return { uid: Number(fields[2]), gid: Number(fields[3]) }
}

/**
 * A port of the loopback address that nothing listens on. It lies below those that the system gives to outgoing
 * connections and to who asks for any: one of those might be taken before the caller listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

async function withClient<T>(config: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(config)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function waitUntilReady(
  config: ClientConfig,
  exitCode: () => number | null,
  log: string[],
): Promise<void> {
  const deadline = Date.now() + 90_000
  for (;;) {
    if (exitCode() !== null) throw new Error(`PostgreSQL did not start:\n${log.join('')}`)
    try {
      await withClient({ ...config, database: 'postgres' }, (client) => client.query('SELECT 1'))
      return
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`PostgreSQL did not answer:\n${log.join('')}`, { cause: error })
      await sleep(50)
    }
  }
}
