import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { classify, translatePostgresError } from './errors.ts'

const databaseError = (code: string) => Object.assign(new DatabaseError('said so', 7, 'error'), { code })
const coded = (code: string) => Object.assign(new Error('failed'), { code })

test.each([
  ['40P01', 'conflict'],
  ['40001', 'conflict'],
  ['57P01', 'lost'],
  ['57P03', 'lost'],
  ['57014', 'lost'],
  ['25006', 'lost'],
  ['08006', 'lost'],
  ['53300', 'lost'],
  ['28P01', 'refused'],
  ['3D000', 'refused'],
  ['23505', 'statement'],
  ['42P01', 'statement'],
])('SQLSTATE %s is %s', (code, failure) => {
  expect(classify(databaseError(code))).toBe(failure)
})

test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN'])(
  'a socket that fails with %s is lost',
  (code) => {
    expect(classify(coded(code))).toBe('lost')
    expect(classify(new AggregateError([coded(code)]))).toBe('lost')
  },
)

test.each(['Connection terminated unexpectedly', 'Query read timeout', 'timeout expired'])(
  '"%s" of the driver is lost',
  (message) => expect(classify(new Error(message))).toBe('lost'),
)

test('a certificate that cannot be verified is refused, with the setting to correct', () => {
  const error = coded('SELF_SIGNED_CERT_IN_CHAIN')
  expect(classify(error)).toBe('refused')
  expect(translatePostgresError(error, 'db:5432/x')).toMatchObject({
    code: 'database_unavailable',
    fix: expect.stringContaining('PGSSLROOTCERT') as string,
  })
})

test('our own bugs pass through', () => {
  const bug = new TypeError('x is not a function')
  expect(translatePostgresError(bug, 'db')).toBe(bug)
})
