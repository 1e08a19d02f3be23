import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificates } from '../../testing/certificates.ts'
import { startPostgres, type PostgresServer } from '../../testing/postgres-server.ts'
import type { SslMode } from '../config.ts'
import { openStore } from '../open-store.ts'

let folder: string
let server: PostgresServer
const inFolder = (name: string) => join(folder, name)

// A certificate for 127.0.0.1, signed by an authority of our own, and another authority that signed nothing.
beforeAll(async () => {
  folder = makeCertificates()
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
    readPort: null,
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
