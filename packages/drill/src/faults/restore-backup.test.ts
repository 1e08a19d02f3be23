import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HostShell, hostsWith, postgresqlPrograms } from '@fleet/cluster'
import { expect, onTestFinished, test } from 'vitest'
import { withDebianRoot } from '../../../cluster/testing/debian-root.ts'
import { referenceSpec } from '../../../cluster/testing/reference-spec.ts'
import { openRecorder } from '../history/recorder.ts'
import { readHistory } from '../history/read-history.ts'
import { readRestoredKind } from '../checkers/restored.ts'
import { insertsTable } from '../workloads/sql/inserts.ts'
import { restoreBackup } from './restore-backup.ts'

// The script on a Debian with PostgreSQL 17, with a pgbackrest that says what we want; the drill runs it with the real one.

const spec = referenceSpec()
const [primary, standby] = hostsWith(spec, 'postgresql')
const data = spec.postgresql.dataDirectory
const bin = postgresqlPrograms(spec.postgresql.version)
const table = insertsTable('t1')

/** A database with two rows of the drill, which is what a backup would hold. */
const makeData = `
  as_postgres() { runuser --user=postgres -- "$@"; }
  install --directory --owner=postgres --group=postgres --mode=0700 ${data}
  install --directory --owner=postgres --group=postgres /var/run/postgresql
  as_postgres ${bin}/initdb --pgdata=${data} --no-sync >/dev/null
  as_postgres ${bin}/pg_ctl --pgdata=${data} --silent --wait --log=/tmp/log start
  as_postgres createdb ${spec.postgresql.database}
  as_postgres psql --quiet ${spec.postgresql.database} --command="CREATE TABLE ${table} AS SELECT unnest(ARRAY['a', 'b']) AS id"
  as_postgres ${bin}/pg_ctl --pgdata=${data} --silent --wait stop`

/** @param restore what pgbackrest does */
async function restored(restore: string, before = '') {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-restore-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const shell = {
    async run(_host, command, { user } = {}) {
      // What the primary says of its WAL.
      if (user === 'postgres') return { exitCode: 0, stdout: '000000010000000000000003\n', stderr: '' }
      const script = `set -e; ${makeData}; ${before}
        set +e; "$@"; code=$?
        if [ -e ${data}.fleet-drill ]; then echo 'the copy is left behind' >&2; exit 99; fi
        exit $code`
      const pgbackrest = {
        path: '/usr/bin/pgbackrest',
        content: `#!/bin/bash\n${restore}\n`,
        mode: '0755' as const,
      }
      return withDebianRoot(
        [{ ...pgbackrest, owner: 'root', group: 'root' }],
        ['bash', '-c', script, 'bash', ...command],
        { timeoutMs: 60_000 },
      )
    },
  } as Pick<HostShell, 'run'> as HostShell
  const file = join(folder, 'history.jsonl')
  const recorder = openRecorder(file, { nowMs: () => 1, elapsedMs: () => 1 })
  const place = { spec, shell, signal: new AbortController().signal, primary: primary!, on: standby! }
  const failure = await restoreBackup(place, recorder, 't1').catch((error: unknown) => error)
  recorder.close()
  const read = readHistory(file).operations.find(({ kind }) => kind === readRestoredKind)
  return { failure, read }
}

test('the rows of the copy are read, and the copy is gone', { timeout: 90_000 }, async () => {
  const { failure, read } = await restored(`cp --archive ${data}/. ${data}.fleet-drill/`)
  expect(failure).toBeUndefined()
  expect(read).toMatchObject({ outcome: 'ok', answer: ['a', 'b'] })
})

test('a backup that cannot be restored is recorded with its last words', { timeout: 90_000 }, async () => {
  const { failure, read } = await restored(`echo 'checksum of base/1/1259 is wrong' >&2; exit 29`)
  expect(failure).toBeUndefined()
  expect(read).toMatchObject({
    outcome: 'fail',
    why: expect.stringContaining('checksum of base/1/1259') as string,
  })
})

test('a copy whose server ends during recovery is recorded as that', { timeout: 90_000 }, async () => {
  const { read } = await restored(
    `cp --archive ${data}/. ${data}.fleet-drill/; rm ${data}.fleet-drill/PG_VERSION`,
  )
  expect(read).toMatchObject({ outcome: 'fail' })
})

test('nothing is copied where there is no room for it', { timeout: 90_000 }, async () => {
  const { failure, read } = await restored(
    'exit 1',
    `mkdir -p /srv/bin
    printf '#!/bin/sh\\necho 99999999\\n' >/srv/bin/du; chmod 0755 /srv/bin/du; export PATH=/srv/bin:$PATH`,
  )
  expect(failure).toMatchObject({
    code: 'drill_refused',
    message: expect.stringContaining('no room') as string,
  })
  expect(read).toMatchObject({ outcome: 'unknown' })
})
