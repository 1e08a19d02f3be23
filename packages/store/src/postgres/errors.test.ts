import { DatabaseError } from 'pg'
import { describe, expect, test } from 'vitest'
import { judge, translatePostgresError, UnreplicatedCommit, type Judgement } from './errors.ts'

const sqlState = (code: string) => Object.assign(new DatabaseError('said so', 7, 'error'), { code })
const socket = (code: string) => Object.assign(new Error('failed'), { code })
const driver = (message: string) => new Error(message)

type Row = readonly [
  what: string,
  error: unknown,
  retry: Judgement['retry'],
  /** When it comes in answer to COMMIT, or instead of one. Before COMMIT it is always `not_applied`. */
  afterCommit: Judgement['outcome'],
]

const rows: readonly Row[] = [
  ['40001 serialization failure', sqlState('40001'), 'conflict', 'not_applied'],
  ['40P01 deadlock', sqlState('40P01'), 'conflict', 'not_applied'],
  ['55P03 lock timeout', sqlState('55P03'), 'conflict', 'not_applied'],
  ['57P01 shut down by an administrator', sqlState('57P01'), 'server_away', 'unknown'],
  ['57P02 crash shutdown', sqlState('57P02'), 'server_away', 'unknown'],
  ['57P03 cannot connect now', sqlState('57P03'), 'server_away', 'unknown'],
  ['53300 too many connections', sqlState('53300'), 'server_away', 'unknown'],
  ['08000 connection exception', sqlState('08000'), 'connection_lost', 'unknown'],
  ['08006 connection failure', sqlState('08006'), 'connection_lost', 'unknown'],
  ['08P01 protocol violation', sqlState('08P01'), 'connection_lost', 'unknown'],
  ['57P05 idle session timeout', sqlState('57P05'), 'connection_lost', 'unknown'],
  ['25P03 idle in transaction timeout', sqlState('25P03'), 'connection_lost', 'unknown'],
  ['25P04 transaction timeout', sqlState('25P04'), 'connection_lost', 'unknown'],
  ['25006 read-only transaction', sqlState('25006'), 'read_only', 'not_applied'],
  ['57014 cancelled statement', sqlState('57014'), 'cancelled', 'unknown'],
  [
    'no password',
    new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
    null,
    'not_applied',
  ],
  ['28P01 wrong password', sqlState('28P01'), null, 'not_applied'],
  ['28000 no rule in pg_hba.conf', sqlState('28000'), null, 'not_applied'],
  ['3D000 no such database', sqlState('3D000'), null, 'not_applied'],
  ['42501 no permission', sqlState('42501'), null, 'not_applied'],
  ['53100 disk full', sqlState('53100'), null, 'unknown'],
  ['58030 I/O error', sqlState('58030'), null, 'unknown'],
  ['23505 unique violation', sqlState('23505'), null, 'not_applied'],
  ['42P01 no such table', sqlState('42P01'), null, 'not_applied'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN'].map(
    (code): Row => [`socket ${code}`, socket(code), 'connection_lost', 'unknown'],
  ),
  [
    'several addresses, all refused',
    new AggregateError([socket('ECONNREFUSED')]),
    'connection_lost',
    'unknown',
  ],
  ...[
    'Connection terminated unexpectedly',
    'Connection terminated',
    'Query read timeout',
    'timeout expired',
    'Client has encountered a connection error and is not queryable',
  ].map((message): Row => [`driver: ${message}`, driver(message), 'connection_lost', 'unknown']),
  ['untrusted certificate', socket('SELF_SIGNED_CERT_IN_CHAIN'), null, 'not_applied'],
  ['a bug of ours or of the driver', new TypeError('x is not a function'), null, 'unknown'],
]

test.each(rows)('%s before COMMIT: not applied', (_what, error, retry) => {
  expect(judge(error, false)).toMatchObject({ outcome: 'not_applied', retry })
})

test.each(rows)('%s after COMMIT', (_what, error, retry, outcome) => {
  expect(judge(error, true)).toMatchObject({ outcome, retry })
})

test('a COMMIT that was acknowledged without its standby is unknown, though it was answered', () => {
  expect(judge(new UnreplicatedCommit('only here'), false)).toEqual({
    failure: 'cancelled',
    outcome: 'unknown',
    retry: 'cancelled',
  })
})

describe('for a person', () => {
  test('what does not answer is unavailable, with what the server said and without a way to go wrong', () => {
    expect(translatePostgresError(sqlState('57P03'), 'db:5432/x')).toMatchObject({
      code: 'database_unavailable',
      message: expect.stringContaining('57P03') as string,
    })
  })

  test('a certificate that cannot be verified is refused, with the setting to correct', () => {
    expect(translatePostgresError(socket('SELF_SIGNED_CERT_IN_CHAIN'), 'db:5432/x')).toMatchObject({
      code: 'database_unavailable',
      fix: expect.stringContaining('PGSSLROOTCERT') as string,
    })
  })

  test('a full disk is a failure of storage', () => {
    expect(translatePostgresError(sqlState('53100'), 'db:5432/x')).toMatchObject({ code: 'storage_failed' })
  })

  test('our own bugs pass through', () => {
    const bug = new TypeError('x is not a function')
    expect(translatePostgresError(bug, 'db')).toBe(bug)
  })
})
