import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readPgbackrestInfo } from './pgbackrest-info.ts'

/** pgBackRest 2.55.1 of a lab. */
const recorded: unknown = JSON.parse(
  readFileSync(new URL('../../testing/recorded/pgbackrest-info.json', import.meta.url), 'utf8'),
)

it('reads what a real repository says', () => {
  const [stanza] = readPgbackrestInfo(recorded) ?? []
  expect(stanza).toMatchObject({ name: 'bike-fleet', statusCode: 0, statusMessage: 'ok', running: false })
  expect(stanza?.backups.map(({ kind, damaged }) => [kind, damaged])).toEqual([
    ['full', false],
    ['differential', false],
    ['incremental', false],
  ])
  const [full, differential] = stanza?.backups ?? []
  expect(full).toEqual({
    label: '20261123-035105F',
    kind: 'full',
    startedMs: 1_795_405_865_000,
    endedMs: 1_795_405_877_000,
    databaseBytes: 30_871_744,
    copiedBytes: 30_871_744,
    repositoryBytes: 3_735_808,
    damaged: false,
    prior: null,
    walStart: '000000010000000000000008',
    walStop: '000000010000000000000008',
  })
  expect(differential?.prior).toBe(full?.label)
  expect(stanza?.walMin).toBe('000000010000000000000001')
})

it('reads a stanza that has nothing yet', () => {
  const empty = [
    {
      archive: [],
      backup: [],
      cipher: 'none',
      db: [],
      name: 'bike-fleet',
      repo: [{ cipher: 'none', key: 1, status: { code: 1, message: 'missing stanza path' } }],
      status: { code: 1, lock: { backup: { held: false } }, message: 'missing stanza path' },
    },
  ]
  expect(readPgbackrestInfo(empty)).toMatchObject([
    { name: 'bike-fleet', statusCode: 1, backups: [], walMin: null, walMax: null },
  ])
  expect(readPgbackrestInfo([])).toEqual([])
})

it.each([null, {}, [{}], [{ name: 1 }]])('says null to what is none: %j', (json) => {
  expect(readPgbackrestInfo(json)).toBeNull()
})
