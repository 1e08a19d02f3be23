import { expect, test } from 'vitest'
import { readRepository } from './first-backup.ts'

// Of pgBackRest 2.55.1, shortened. The identifier has more digits than a number of JavaScript keeps.
const used = `[{"backup":[{"database":{"id":1,"repo-key":1},"type":"full"},{"database":{"id":1,"repo-key":1},"type":"diff"}],
"db":[{"id":1,"repo-key":1,"system-id":7711205681511674245,"version":"17"}],"name":"bike-fleet",
"status":{"code":0,"lock":{"backup":{"held":false}},"message":"ok"}}]`
const reused = `[{"backup":[{"database":{"id":1,"repo-key":1},"type":"full"}],
"db":[{"id":1,"repo-key":1,"system-id":7711205681511674245,"version":"17"},{"id":2,"repo-key":1,"system-id":7711205681511674246,"version":"17"}],
"name":"bike-fleet","status":{"code":2,"message":"no valid backups"}}]`

test('full backups of this very database are counted', () => {
  expect(readRepository(used, 'bike-fleet', '7711205681511674245')).toEqual({
    stanza: 'ours',
    fullBackups: 1,
  })
})

test('an identifier that differs in the last digit only is another database', () => {
  expect(readRepository(used, 'bike-fleet', '7711205681511674246')).toEqual({
    stanza: 'older',
    fullBackups: 0,
  })
})

test('backups of an earlier database do not count for its successor', () => {
  expect(readRepository(reused, 'bike-fleet', '7711205681511674246')).toEqual({
    stanza: 'ours',
    fullBackups: 0,
  })
})

test.each([
  ['never used', '[]'],
  ['without a stanza of this name', used.replace('"name":"bike-fleet"', '"name":"other"')],
  [
    'with a stanza that was not created',
    '[{"backup":[],"db":[],"name":"bike-fleet","status":{"code":1,"message":"missing stanza path"}}]',
  ],
])('a repository %s needs the stanza', (_, json) => {
  expect(readRepository(json, 'bike-fleet', '1')).toEqual({ stanza: 'missing', fullBackups: 0 })
})
