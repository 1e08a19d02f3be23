import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import type { PostgresConfig } from '../src/config.ts'

/** A real PostgreSQL server of its own for one test run: empty, on loopback, gone after `stop`. */
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
  stop(): Promise<void>
}

const password = 'only-for-tests-on-loopback'

/**
 * Starts PostgreSQL from Debian's newest installed `postgresql-NN` package.
 *
 * PostgreSQL refuses to run as root: then it runs as the `postgres` user that the package made.
 *
 * @param settings extra postgresql.conf settings
 * @throws Error naming the command that installs PostgreSQL, when it is missing
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const { binDir, version } = findPostgres()
  const dir = mkdtempSync(join(tmpdir(), 'fleet-pg-'))
  const data = join(dir, 'data')
  const asRoot = process.getuid?.() === 0
  const owner = asRoot ? lookUpUser('postgres') : null
  const identity = owner ? { uid: owner.uid, gid: owner.gid } : {}
  if (owner) chownSync(dir, owner.uid, owner.gid)
  const passwordFile = join(dir, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (owner) chownSync(passwordFile, owner.uid, owner.gid)
  execFileSync(
    join(binDir, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'fleet_test',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ],
    { ...identity, cwd: dir, stdio: 'pipe' },
  )
  const port = await freePort()
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: dir,
    shared_buffers: '128MB',
    max_connections: '100',
    ...settings,
  }
  const log: string[] = []
  const child = spawn(
    join(binDir, 'postgres'),
    ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...identity, cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  child.stderr.on('data', (chunk: Buffer) => {
    log.push(chunk.toString())
    if (log.length > 200) log.shift()
  })
  // A test run that is killed must not leave a server behind.
  const killChild = () => child.kill('SIGQUIT')
  process.once('exit', killChild)
  const connection = { host: '127.0.0.1', port, user: 'fleet_test', password }
  await waitUntilReady(connection, () => child.exitCode, log)
  let databases = 0
  return {
    ...connection,
    binDir,
    version,
    pid: child.pid!,
    config: (database, poolSize) => ({
      backend: 'postgres',
      ...connection,
      database,
      poolSize,
      ssl: { mode: 'disable', rootCertFile: null },
    }),
    env: (database) => ({
      PG_HOST: connection.host,
      PG_PORT: String(port),
      PG_USER: connection.user,
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
    async stop() {
      process.off('exit', killChild)
      if (child.exitCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGINT')
        await gone
      }
      rmSync(dir, { recursive: true, force: true })
    },
  }
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

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
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
  const deadline = Date.now() + 30_000
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
