import { readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { ConnectionVerdict } from '@fleet/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../../testing/certificates.ts'
import { freePort, startPostgres, type PostgresServer } from '../../testing/postgres-server.ts'
import type { PostgresConfig } from '../config.ts'
import { openStore } from '../open-store.ts'
import { judgeProbe, probePostgres } from './probe.ts'

let folder: string
let server: PostgresServer
let plain: PostgresServer
const certificate = (name: string) => readFileSync(join(folder, name), 'utf8')

beforeAll(async () => {
  folder = makeCertificates()
  const ssl = { ssl_cert_file: join(folder, 'cert.pem'), ssl_key_file: join(folder, 'key.pem') }
  ;[server, plain] = await Promise.all([startPostgres({ ssl: 'on', ...ssl }), startPostgres()])
}, 60_000)
afterAll(async () => {
  await Promise.all([server.stop(), plain.stop()])
  rmSync(folder, { recursive: true })
})

/** Tries the database of the plain server, with what differs. */
async function probe(change: Partial<PostgresConfig>, on = plain): Promise<ConnectionVerdict> {
  return probePostgres({ ...on.config('postgres', 2), ...change })
}

describe('a connection that works', () => {
  test('says so, for an empty database and for one with a fleet', async () => {
    const database = await plain.createDatabase()
    const empty = await probe({ database })
    expect(empty).toMatchObject({ is: 'fine', encrypted: false, rows: null, isOlder: false, readPort: null })
    if (empty.is !== 'fine') return
    expect(empty.version).toMatch(/^\d+\.\d+$/)
    expect(empty.latencyMs).toBeGreaterThan(0)
    await (await openStore(plain.config(database, 2))).close()
    expect(await probe({ database })).toMatchObject({
      is: 'fine',
      rows: { bikes: 0, couriers: 0, deliveries: 0 },
      isOlder: false,
    })
  })

  test('of an earlier version of the app says that it will be brought up to date', async () => {
    const database = await plain.createDatabase()
    await (await openStore(plain.config(database, 2))).close()
    const client = await plain.connect(database)
    await client.query('DELETE FROM migrations WHERE version = (SELECT max(version) FROM migrations)')
    await client.end()
    expect(await probe({ database })).toMatchObject({ is: 'fine', isOlder: true })
  })

  test('names what is wrong with the port of replicas', async () => {
    expect(await probe({ readPort: await freePort() })).toMatchObject({ is: 'fine', readPort: 'refused' })
    expect(await probe({ readPort: plain.port })).toMatchObject({ is: 'fine', readPort: null })
  })
})

describe('on the way', () => {
  test.each([
    ['a name that nobody has', { host: 'nowhere.invalid' }, 'unknown_host'],
    ['a network to which no way leads', { host: '100::1' }, /unreachable|timed_out/],
  ] as const)('%s', async (_name, change, is) => {
    expect((await probe(change)).is).toMatch(is)
  })

  test('a port where nobody listens', async () => {
    expect(await probe({ port: await freePort() })).toMatchObject({ is: 'refused' })
  })

  test.each([
    ['somebody who never answers', () => {}, 'timed_out'],
    ['somebody who hangs up', (socket: Socket) => socket.end(), 'hung_up'],
  ] as const)(
    '%s',
    async (_name, answer, is) => {
      const other: Server = createServer((socket) => void answer(socket.on('error', () => {}))).listen(
        0,
        '127.0.0.1',
      )
      await once(other, 'listening')
      expect(await probe({ port: (other.address() as AddressInfo).port })).toMatchObject({ is })
      other.close()
    },
    15_000,
  )

  test('a server that is no PostgreSQL', async () => {
    const http = createServer((socket) => {
      socket.on('error', () => {}).end('HTTP/1.0 400 Bad request\r\nContent-Length: 4\r\n\r\nNope')
    }).listen(0, '127.0.0.1')
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    const tls = { mode: 'verify-full', rootCertFile: null } as const
    for (const ssl of [undefined, tls])
      expect((await probe({ port, ...(ssl && { ssl }) })).is).toMatch(/not_postgres|hung_up/)
    http.close()
  })
})

describe('at the door', () => {
  test('a wrong password, none, and a role that is not there', async () => {
    expect(await probe({ password: 'wrong' })).toMatchObject({ is: 'wrong_password' })
    expect(await probe({ password: null })).toMatchObject({ is: 'password_needed' })
    // SCRAM tells nobody which roles there are.
    expect(await probe({ user: 'nobody_here' })).toMatchObject({ is: 'wrong_password' })
  })

  test('a role that is not there, where the server trusts this machine, and one without a rule', async () => {
    const client = await plain.connect()
    const { rows } = await client.query<{ file: string }>(`SELECT current_setting('hba_file') AS file`)
    const { writeFileSync } = await import('node:fs')
    const rules = readFileSync(rows[0]!.file, 'utf8')
    const reload = async (text: string) => {
      writeFileSync(rows[0]!.file, text)
      await client.query('SELECT pg_reload_conf()')
    }
    await reload(
      `host all trusted_role 127.0.0.1/32 trust\nhost all ${plain.user} 127.0.0.1/32 scram-sha-256\n`,
    )
    const untilIs = async (user: string, is: string) => {
      await expect.poll(async () => (await probe({ user })).is, { timeout: 10_000 }).toBe(is)
    }
    await untilIs('trusted_role', 'no_such_role')
    await untilIs('stranger', 'not_let_in')
    await client.query('CREATE ROLE trusted_role NOLOGIN')
    await untilIs('trusted_role', 'no_such_role')
    await reload(rules)
    await client.end()
  })

  test('a database that is not there, one that may not be entered, and one without rights', async () => {
    expect(await probe({ database: 'not_there' })).toMatchObject({ is: 'no_such_database' })
    const database = await plain.createDatabase()
    const client = await plain.connect(database)
    await client.query(
      `CREATE ROLE reader LOGIN PASSWORD 'reads'; REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
    )
    const reader = { database, user: 'reader', password: 'reads' }
    expect(await probe(reader)).toMatchObject({ is: 'no_right_to_create' })
    await (await openStore(plain.config(database, 2))).close()
    expect(await probe(reader)).toMatchObject({ is: 'no_right_to_use' })
    await client.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`)
    expect(await probe(reader)).toMatchObject({ is: 'no_right_to_connect' })
    await client.end()
  })
})

describe('with TLS', () => {
  const tls = (
    mode: 'verify-ca' | 'verify-full',
    rootCertificate: string | null,
  ): Partial<PostgresConfig> => ({
    ssl: { mode, rootCertFile: null, rootCertificate },
  })

  test('a certificate of the authority is taken', async () => {
    expect(await probe(tls('verify-full', certificate('ca.pem')), server)).toMatchObject({
      is: 'fine',
      encrypted: true,
    })
  })

  test('one that nobody known signed, one for another name, and a file that is none', async () => {
    for (const authority of [null, certificate('other.pem')])
      expect(await probe(tls('verify-full', authority), server)).toMatchObject({
        is: 'certificate_not_trusted',
      })
    const byName = { ...tls('verify-full', certificate('ca.pem')), host: 'localhost' }
    expect(await probe(byName, server)).toEqual({ is: 'certificate_other_name', detail: '127.0.0.1' })
    expect(await probe({ ...byName, ...tls('verify-ca', certificate('ca.pem')) }, server)).toMatchObject({
      is: 'fine',
    })
    expect(await probe(tls('verify-full', 'no certificate'), server)).toMatchObject({
      is: 'certificate_unreadable',
    })
  })

  test('a server that does not offer it', async () => {
    expect(await probe(tls('verify-full', certificate('ca.pem')))).toMatchObject({ is: 'tls_not_offered' })
  })
})

test('a standby is named, and so is a database of a newer program', async () => {
  const database = await plain.createDatabase()
  await (await openStore(plain.config(database, 2))).close()
  const client = await plain.connect(database)
  const standby = await plain.startStandby()
  expect(await probe({}, standby)).toMatchObject({ is: 'standby' })
  await standby.stop()
  await client.query(
    `INSERT INTO migrations (version, name, checksum, applied_at_ms) VALUES (999, 'later', 'x', 0)`,
  )
  expect(await probe({ database })).toMatchObject({ is: 'schema_too_new' })
  await client.end()
}, 60_000)

test('no connection left, and a server that starts up, are known by their codes', async () => {
  const { DatabaseError } = await import('pg')
  const said = (code: string) => Object.assign(new DatabaseError('…', 1, 'error'), { code })
  expect(judgeProbe(said('53300')).is).toBe('too_many_connections')
  expect(judgeProbe(said('57P03')).is).toBe('starting_up')
})
