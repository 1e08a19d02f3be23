import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PlacedFile, withDebianRoot } from '../../testing/debian-root.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { sampleInput } from '../../testing/render-sample.ts'
import { paths } from '../layout.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { archiveLeftoversScript } from './archive-leftovers.ts'
import { archiveScripts } from './archive-scripts.ts'
import { mountUnit, verifyResult } from './backup-timers.ts'
import { renderPgbackrest } from './pgbackrest.ts'
import { renderPostgresql } from './postgresql.ts'

// The scripts with a pgbackrest that says what we want; the lab's test runs them with the real one.

const spec = referenceSpec()
const input = sampleInput(spec)
const backupFiles = renderPgbackrest(input, hostsWith(spec, 'backup')[0]!)
const databaseFiles = renderPostgresql(input, hostsWith(spec, 'postgresql')[0]!)

/** A pgbackrest that writes its words to /tmp/calls and then does as told. */
const pretended = (body: string): PlacedFile => ({
  path: '/srv/bin/pgbackrest',
  content: `#!/bin/bash\necho "$*" >>/tmp/calls\n${body}\n`,
  mode: '0755',
  owner: 'root',
  group: 'root',
})

const run = (files: readonly PlacedFile[], script: string) =>
  withDebianRoot(files, ['bash', '-uc', `export PATH=/srv/bin:$PATH; cd /tmp; ${script}`])

describe('the expiry of backups', () => {
  const day = 86_400
  /** @param agesDays of the full backups */
  const expire = async (agesDays: readonly number[]) => {
    const backups = agesDays
      .map((age) => `{"type":"full","timestamp":{"stop":'$(($(date +%s) - ${age * day}))'}}`)
      .join(',')
    const info = `echo '[{"backup":[${backups}]}]'`
    const script = `${paths.scripts}/backup-expire; cat /tmp/calls`
    const { stdout } = await run([...backupFiles, pretended(`case $* in *info) ${info} ;; esac`)], script)
    return stdout.trim().split('\n').at(-1)
  }
  const byCount = '--stanza=bike-fleet --repo1-retention-full-type=count --repo1-retention-full=4 expire'
  const byDays = '--stanza=bike-fleet expire'

  test('counts when the days of WAL would keep fewer full backups', async () => {
    // The rule of days keeps the newest that is 30 days old: here the second, and would drop two of the four.
    expect(await expire([5, 35, 65, 95])).toBe(byCount)
    expect(await expire([])).toBe(byCount)
  })

  test('goes by the days of WAL when they keep as many or more', async () => {
    expect(await expire([1, 8, 15, 22, 29, 36, 43])).toBe(byDays)
    expect(await expire([10, 20, 25, 31, 50])).toBe(byDays)
  })
})

describe('the verification of the repository', () => {
  const verify = async (body: string) => {
    const { exitCode, stdout } = await run(
      [...backupFiles, pretended(body)],
      `mkdir -p $(dirname ${verifyResult}); ${paths.scripts}/backup-verify >/dev/null; code=$?; cat ${verifyResult}; exit $code`,
    )
    const result = JSON.parse(stdout) as { ok: boolean; endedMs: number; message: string }
    return { exitCode, ...result }
  }

  test('tells that all is well', async () => {
    const told = await verify(`echo 'stanza: bike-fleet'; echo 'status: ok'`)
    expect(told).toMatchObject({ exitCode: 0, ok: true, message: 'stanza: bike-fleet\nstatus: ok' })
    expect(Math.abs(told.endedMs - Date.now())).toBeLessThan(60_000)
  })

  test('tells of damage, whatever the exit code, and fails', async () => {
    expect(await verify(`echo 'status: error'; echo '  checksum invalid: 1'`)).toMatchObject({
      exitCode: 1,
      ok: false,
      message: 'status: error\n  checksum invalid: 1',
    })
    expect(await verify(`echo "can't reach it" >&2; exit 49`)).toMatchObject({
      exitCode: 1,
      ok: false,
      message: "can't reach it",
    })
  })
})

describe('the command that fetches WAL', () => {
  const segment = '000000010000000000000007'
  const restore = async (prepare: string, name: string, body = 'exit 0') => {
    const { stdout } = await run(
      [...databaseFiles, pretended(body)],
      `mkdir -p pg_wal ${paths.postgresqlSocket}; ${prepare}; touch /tmp/calls; ${archiveScripts.get} ${name} pg_wal/RECOVERYXLOG; echo "exit code $?"; cat /tmp/calls`,
    )
    return stdout.trim().split('\n')
  }
  const asked = (name: string) => `--stanza=bike-fleet archive-get ${name} pg_wal/RECOVERYXLOG`

  test('leaves the segment that was streamed a moment ago to pg_wal', async () => {
    expect(await restore(`touch pg_wal/${segment}`, segment)).toEqual(['exit code 1'])
  })

  test('asks for a segment that stopped growing, and for one that is not here', async () => {
    const old = `touch --date='-1 minute' pg_wal/${segment}`
    expect(await restore(old, segment)).toEqual(['exit code 0', asked(segment)])
    expect(await restore('true', segment)).toEqual(['exit code 0', asked(segment)])
  })

  test('asks for the history of the next timeline, not for one that is here', async () => {
    const here = 'touch pg_wal/00000002.history'
    expect(await restore(here, '00000002.history')).toEqual(['exit code 1'])
    expect(await restore(here, '00000003.history')).toEqual(['exit code 0', asked('00000003.history')])
  })

  test('waits for a repository that does not answer once, asks again after a while, and for a history at once', async () => {
    const silent = `[ -e /tmp/answers ] || sleep 60`
    const again = `${archiveScripts.get} ${segment} x; echo "before $?"; ${archiveScripts.get} ${segment} x; echo "then $?"; wc -l </tmp/calls; ${archiveScripts.get} 00000002.history x; echo "history $?"`
    const later = `touch --date='-1 minute' ${paths.postgresqlSocket}/repository-away; touch /tmp/answers`
    const startMs = Date.now()
    // Below 128: PostgreSQL ends a recovery whose command was killed by a signal.
    expect(await restore(`${again}; ${later}`, segment, silent)).toEqual([
      'before 124',
      'then 1',
      '1',
      'history 124',
      'exit code 0',
      `--stanza=bike-fleet archive-get ${segment} x`,
      '--stanza=bike-fleet archive-get 00000002.history x',
      asked(segment),
    ])
    expect(Date.now() - startMs).toBeLessThan(20_000)
  })
})

describe('the command that pushes WAL', () => {
  const relative = 'pg_wal/000000010000000000000007'
  const absolute = `/var/lib/postgresql/17/fleet/${relative}`
  const push = async (script: string, body: string) => {
    const prepare = `mkdir -p ${paths.postgresqlSocket}; touch /tmp/calls`
    const { stdout } = await run(
      [...databaseFiles, pretended(body)],
      `${prepare}; push() { ${archiveScripts.push} "$1" 2>/dev/null; echo "exit code $?"; }; ${script}; cat /tmp/calls`,
    )
    return stdout.trim().split('\n')
  }
  const pushed = (segment: string) => `--stanza=bike-fleet archive-push ${segment}`

  test('takes it for done when the repository has a segment in which the timeline had ended, and only then', async () => {
    const history = String.raw`mkdir pg_wal; printf '1\t0/C0000A0\tno recovery target specified\n\n2\t1/D0000A0\tno recovery target specified\n' >pg_wal/00000003.history; printf '1\t0/FF0000A0\tx\n' >pg_wal/00000002.history`
    const ended = ['00000001000000000000000C', '00000001000000000000000D', '00000002000000010000000D.partial']
    const inside = [
      '00000001000000000000000B',
      '00000002000000010000000C',
      '00000003000000010000000D',
      '00000003.history',
    ]
    const offer = (names: readonly string[]) => names.map((name) => `push pg_wal/${name}`).join('; ')
    const said = await push(`${history}; ${offer([...ended, ...inside])}`, 'exit 45')
    expect(said.slice(0, 7)).toEqual([...ended.map(() => 'exit code 0'), ...inside.map(() => 'exit code 45')])
    expect((await push(`${history}; ${offer(ended)}`, 'exit 103')).slice(0, 3)).toEqual(
      ended.map(() => 'exit code 103'),
    )
    expect((await push(`mkdir pg_wal; ${offer(ended)}`, 'exit 45')).slice(0, 3)).toEqual(
      ended.map(() => 'exit code 45'),
    )
  })

  test('knows the segment in which a timeline had ended also when it ended with that segment', async () => {
    const history = String.raw`mkdir pg_wal; printf '23\t0/5E000000\tx\n\n24\t2/0\tx\n' >pg_wal/00000019.history`
    const names = [
      '00000017000000000000005C',
      '00000017000000000000005D',
      '0000001800000001000000FE',
      '0000001800000001000000FF',
    ]
    const offer = names.map((name) => `push pg_wal/${name}`).join('; ')
    expect((await push(`${history}; ${offer}`, 'exit 45')).slice(0, 4)).toEqual([
      'exit code 45',
      'exit code 0',
      'exit code 45',
      'exit code 0',
    ])
  })

  test('hands on what pgBackRest says', async () => {
    expect(await push(`push ${relative}`, 'exit 0')).toEqual(['exit code 0', pushed(relative)])
    expect(await push(`push ${relative}`, 'exit 103')).toEqual(['exit code 103', pushed(relative)])
  })

  test('lets Patroni, before pg_rewind, wait once for a repository that is away, and PostgreSQL try on', async () => {
    const script = `push ${absolute}; push ${absolute}; push ${relative}`
    expect(await push(script, 'exit 82')).toEqual([
      'exit code 82',
      'exit code 1',
      'exit code 82',
      pushed(absolute),
      pushed(relative),
    ])
  })
})

describe('the WAL that a change of the primary left behind', () => {
  const wal = `${spec.postgresql.dataDirectory}/pg_wal`
  const files = renderPgbackrest(input, hostsWith(spec, 'postgresql')[0]!)
  const psql = (isStandby: boolean): PlacedFile => ({
    ...pretended(''),
    path: '/srv/bin/psql',
    content: `#!/bin/bash
case $* in
  *pg_is_in_recovery*) echo ${isStandby ? 't' : 'f'} ;;
  *pg_walfile_name*) echo 0000000B ;;
  *system_identifier*) echo 77 ;;
esac
`,
  })
  /** @returns what was pushed, by name, in each of two runs, and what still waits */
  const leftovers = async (isStandby: boolean, prepare: string, body = 'exit 0') => {
    const once = `rm -f calls; ${archiveLeftoversScript} || echo failed; cat calls 2>/dev/null; echo --`
    const { stdout } = await run(
      [...files, psql(isStandby), pretended(body)],
      `mkdir -p ${wal}/archive_status /var/lib/fleet-archive; cd ${wal}; ${prepare}; cd /tmp; ${once}; ${once}; cd ${wal}/archive_status; ls *.ready 2>/dev/null`,
    )
    return stdout.split('--\n').map((part) => part.trim().replaceAll(/^.*archive-push .*\//gm, ''))
  }

  test('is pushed by the standby that was the primary, once', async () => {
    const waiting = ['0000000A0000000000000014', '0000000A0000000000000015.partial', '0000000B.history']
    const prepare = `touch ${waiting.join(' ')}; for name in ${waiting.join(' ')}; do touch archive_status/$name.ready; done; touch archive_status/0000000A0000000000000016.ready 0000000A0000000000000017`
    // The one whose file is gone is nobody's to push.
    expect(await leftovers(true, prepare)).toEqual([waiting.join('\n'), '', '0000000A0000000000000016.ready'])
  })

  test('stays marked while the repository does not take it', async () => {
    const name = '0000000A0000000000000014'
    expect(await leftovers(true, `touch ${name} archive_status/${name}.ready`, 'exit 82')).toEqual([
      `failed\n${name}`,
      `failed\n${name}`,
      `${name}.ready`,
    ])
  })

  test('is done with when the repository has a segment in which the timeline had ended', async () => {
    const name = '0000000A0000000000000016'
    const history = String.raw`printf '10\t0/16002A88\tno recovery target specified\n' >0000000B.history`
    const prepare = `${history}; touch ${name} archive_status/${name}.ready`
    expect(await leftovers(true, prepare, 'exit 45')).toEqual([name, '', ''])
  })

  test('is not kept back by one that the repository refuses', async () => {
    const [refused, taken] = ['0000000A0000000000000014', '0000000A0000000000000015']
    const body = `case $* in *${refused}) exit 45 ;; esac`
    const standby = `touch ${refused} ${taken} archive_status/${refused}.ready archive_status/${taken}.ready`
    expect(await leftovers(true, standby, body)).toEqual([
      `failed\n${refused}\n${taken}`,
      `failed\n${refused}`,
      `${refused}.ready`,
    ])
    const history = String.raw`printf '10\t0/16002A88\tno recovery target specified\n' >0000000B.history`
    const both = `failed\n${refused}\n${taken}`
    expect(await leftovers(false, `${history}; touch ${refused} ${taken}`, body)).toEqual([both, both, ''])
  })

  test('is pushed by the new primary up to where its timeline began, once', async () => {
    const history = String.raw`printf '9\t0/14000060\tno recovery target specified\n10\t1/16002A88\tno recovery target specified\n' >0000000B.history`
    const inherited = ['000000090000000000000012', '000000090000000000000013', '0000000A0000000100000015']
    const others = ['000000090000000000000014', '0000000A0000000100000016', '0000000B0000000100000016']
    expect(await leftovers(false, `${history}; touch ${[...inherited, ...others].join(' ')}`)).toEqual([
      inherited.join('\n'),
      '',
      '',
    ])
  })

  test('is pushed by the new primary also when its timeline began with a segment', async () => {
    const history = String.raw`printf '10\t1/16000000\tno recovery target specified\n' >0000000B.history`
    const inherited = ['0000000A0000000100000014', '0000000A0000000100000015']
    const names = [...inherited, '0000000A0000000100000016', '0000000B0000000100000016']
    const prepare = `${history}; touch ${names.join(' ')}`
    expect(await leftovers(false, prepare)).toEqual([inherited.join('\n'), '', ''])
    // The old primary may have been first, with another filling behind the last record.
    const body = `case $* in *${inherited[1]}) exit 45 ;; esac`
    expect(await leftovers(false, prepare, body)).toEqual([inherited.join('\n'), '', ''])
  })

  test('is tried again by the new primary until the repository has it', async () => {
    const history = String.raw`printf '10\t0/16002A88\tno recovery target specified\n' >0000000B.history`
    const name = '0000000A0000000000000015'
    expect(await leftovers(false, `${history}; touch ${name}`, 'exit 82')).toEqual([
      `failed\n${name}`,
      `failed\n${name}`,
      '',
    ])
  })
})

describe('the name of a mount unit', () => {
  test('is the one that systemd asks for', async () => {
    const sample = fc.sample(
      fc
        .array(
          fc.string({
            unit: fc.constantFrom('a', 'Z', '0', '9', '-', '_', '.', ':', '~', 'é', ' ', '+'),
            minLength: 1,
            maxLength: 8,
          }),
          {
            minLength: 1,
            maxLength: 4,
          },
        )
        .filter((words) => words.every((word) => word !== '.' && word !== '..'))
        .map((words) => `/${words.join('/')}`),
      { numRuns: 40, seed: 17 },
    )
    const { stdout } = await withDebianRoot(
      [],
      ['systemd-escape', '--path', '--suffix=mount', '--', ...sample],
    )
    expect(sample.map(mountUnit)).toEqual(stdout.trim().split(/ |\n/))
  })
})
