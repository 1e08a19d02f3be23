import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts'
import type { SslMode } from '../config.ts'
import { openStore } from '../open-store.ts'

let folder: string
let server: PostgresServer
const inFolder = (name: string) => join(folder, name)

// A certificate for 127.0.0.1, signed by an authority of our own, and another authority that signed nothing.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-tls-'))
  for (const name of ['ca', 'other']) authority(name)
  writeFileSync(inFolder('names'), 'subjectAltName=IP:127.0.0.1')
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=db',
    '-keyout',
    'key.pem',
    '-out',
    'request.pem',
  )
  openssl(
    'x509',
    '-req',
    '-in',
    'request.pem',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-out',
    'cert.pem',
    '-extfile',
    'names',
  )
  chmodSync(inFolder('key.pem'), 0o600)
  if (process.getuid?.() === 0) {
    // PostgreSQL runs as its own user then, and wants to own its key.
    const uid = Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }))
    for (const file of ['', ...readdirSync(folder)]) chownSync(join(folder, file), uid, uid)
  }
  server = await startPostgres({
    ssl: 'on',
    ssl_cert_file: inFolder('cert.pem'),
    ssl_key_file: inFolder('key.pem'),
  })
})

afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
}

function authority(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  )
}

async function open(mode: SslMode, rootCert: string | null, host = server.host) {
  const { port, user, password } = server
  const rootCertFile = rootCert === null ? null : inFolder(rootCert)
  const database = await server.createDatabase()
  return openStore({
    backend: 'postgres',
    host,
    port,
    user,
    password,
    database,
    poolSize: 2,
    ssl: { mode, rootCertFile },
  })
}

test.each<SslMode>(['require', 'verify-ca', 'verify-full'])(
  '%s accepts a certificate of the authority',
  async (mode) => {
    const store = await open(mode, 'ca.pem')
    await store.ping()
    await store.close()
  },
)

test.each<SslMode>(['require', 'verify-ca', 'verify-full'])(
  '%s refuses one that nobody known signed',
  async (mode) => {
    for (const rootCert of [null, 'other.pem'])
      await expect(open(mode, rootCert)).rejects.toMatchObject({
        code: 'database_unavailable',
        fix: expect.stringContaining('PGSSLROOTCERT') as string,
      })
  },
)

test('a certificate for another name is refused, except by verify-ca', async () => {
  await expect(open('verify-full', 'ca.pem', 'localhost')).rejects.toMatchObject({
    code: 'database_unavailable',
  })
  await expect(open('require', 'ca.pem', 'localhost')).rejects.toMatchObject({ code: 'database_unavailable' })
  await (await open('verify-ca', 'ca.pem', 'localhost')).close()
})
