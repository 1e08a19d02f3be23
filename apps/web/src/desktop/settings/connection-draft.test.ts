import { connection } from '@fleet/api'
import { expect, test } from 'vitest'
import { type ConnectionDraft, draftOf, readDraft } from './connection-draft.ts'

const typed = (change: Partial<ConnectionDraft>) =>
  readDraft({ ...draftOf(null), host: '10.0.0.100', ...change })

test('a draft of what is saved reads as what was saved', () => {
  const saved = connection.parse({
    host: 'db.example.nl',
    port: 6432,
    readPort: 5433,
    database: 'bike_fleet',
    user: 'fleet_app',
    tls: 'verify-full',
    rootCertificate: '-----BEGIN CERTIFICATE-----',
    poolSize: 4,
  })
  expect(readDraft(draftOf(saved))).toEqual({ connection: saved, faults: new Set() })
})

test('a host is all that has to be typed, and what is typed is what the server takes', () => {
  const { connection: read } = typed({ host: ' 10.0.0.100 ' })
  expect(connection.parse(read)).toEqual(read)
  expect(read).toMatchObject({ host: '10.0.0.100', port: 5432, readPort: null })
})

test.each([
  [{ host: '' }, 'host'],
  [{ host: 'http://db' }, 'host'],
  [{ port: '0' }, 'port'],
  [{ port: '5432 or so' }, 'port'],
  [{ readPort: '70000' }, 'readPort'],
  [{ database: ' ' }, 'database'],
  [{ user: 'x'.repeat(64) }, 'user'],
  [{ poolSize: '1' }, 'poolSize'],
] as const)('%j is named', (change, fault) => {
  expect(typed(change)).toEqual({ connection: null, faults: new Set([fault]) })
})

test('without encryption no authority is sent', () => {
  expect(typed({ rootCertificate: 'x' }).connection?.rootCertificate).toBe(null)
})
