import { readFile, writeFile } from 'node:fs/promises'
import type { ClusterStatus } from '@fleet/cluster'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FinishedCommand, until } from '../testing/fleet-command.ts'
import { expectCode, labUnderTest, lastJson } from './lab-under-test.ts'

// Passwords and certificates are replaced on a cluster that people use.
const lab = labUnderTest('identity')

interface Primary {
  readonly name: string
  readonly timeline: number | null
}

let secretsFile: string
let before: Primary

/** Whatever else `status` has to say: a busy machine may be too slow for some of its questions. */
const readPrimary = (): Promise<Primary> =>
  until('status names a primary', async () => {
    const { stdout } = await lab.fleet(['cluster', 'status', '--lab', lab.name, '--json'])
    const found = lastJson<ClusterStatus>(stdout).members.find(({ role }) => role === 'primary')
    return found ? { name: found.name, timeline: found.timeline } : null
  })
/** A cluster that is not whole is refused: standbys that have just connected anew may be out of the quorum for a moment. */
const rotate = <T>(words: readonly string[] = []): Promise<T> =>
  until(
    'secrets are rotated',
    async () => {
      const all = ['cluster', 'secrets', 'rotate', ...words, '--lab', lab.name, '--json']
      const done = await lab.fleet(all)
      if (wasRefused(done)) return null
      expectCode(all, done)
      return lastJson<T>(done.stdout)
    },
    180_000,
  )
const wasRefused = ({ stdout, stderr }: FinishedCommand): boolean =>
  `${stdout}${stderr}`.includes('No secret was changed')
const onMachine = async (machine: string, ...command: readonly string[]): Promise<string> => {
  const words = ['lab', 'exec', machine, '--', ...command]
  const done = await lab.fleet(words)
  expectCode(words, done)
  return done.stdout.trim()
}
const listSecrets = async () => {
  const { secrets } = await lab.cluster<{ secrets: readonly { name: string; unfinished: boolean }[] }>([
    'secrets',
    'list',
  ])
  return secrets
}
/** Each secret's value as a whole, to compare; never shown. */
const readValues = async () =>
  new Map(
    [...(await readFile(secretsFile, 'utf8')).matchAll(/^(\w+):\n {2}value: (\S+)$/gm)].map((m) => [
      m[1]!,
      m[2]!,
    ]),
  )

/** Sooner than a primary could be replaced, or a standby that does not answer be left out of the quorum. */
const noFailoverMs = 20_000

/**
 * Writes a row every 20 ms through one connection while `work` is done: it must stay open, and no commit may wait long.
 *
 * @returns the longest time between two rows, in milliseconds
 */
async function whileWriting(work: () => Promise<void>): Promise<number> {
  await lab.psql(
    'DROP TABLE IF EXISTS beat, beat_end; CREATE TABLE beat (at timestamptz); CREATE TABLE beat_end (at timestamptz)',
  )
  const loop =
    'DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM beat_end) LOOP INSERT INTO beat VALUES (clock_timestamp()); COMMIT; PERFORM pg_sleep(0.02); END LOOP; END $$'
  const writer = lab.start(['cluster', 'psql', '--lab', lab.name, '--', '-XAtc', loop])
  await until(
    'rows come',
    async () => (Number(await lab.psql('SELECT count(*) FROM beat')) > 10 ? true : null),
    60_000,
  )
  try {
    await work()
  } finally {
    await lab.psql('INSERT INTO beat_end VALUES (now())')
  }
  expectCode(['psql', 'loop'], await writer.finished)
  return Number(
    await lab.psql(
      'SELECT max(gap) FROM (SELECT 1000 * extract(epoch FROM at - lag(at) OVER (ORDER BY at)) AS gap FROM beat) AS gaps',
    ),
  )
}

beforeAll(async () => {
  const words = ['lab', 'up', '--topology', 'small', '--json']
  expectCode(words, await lab.fleet(words))
  await lab.healthy()
  secretsFile = (await lab.cluster<{ file: string }>(['secrets', 'list'])).file
  before = await readPrimary()
})
afterAll(async () => {
  const words = ['lab', 'down', '--json']
  expectCode(words, await lab.fleet(words))
})

test("the cluster's own secrets are replaced while a connection writes", async () => {
  const old = await readValues()
  const gapMs = await whileWriting(async () => {
    const { rotated } = await rotate<{ rotated: readonly string[] }>()
    expect(rotated).toEqual(['superuser', 'replication', 'rewind', 'patroni_api'])
  })
  expect(gapMs).toBeLessThan(noFailoverMs)
  const fresh = await readValues()
  const same = [...old].filter(([name, value]) => fresh.get(name) === value).map(([name]) => name)
  expect(same).toEqual(['app', 'monitor', 'haproxy_stats', 'backup_cipher'])
  expect(await readPrimary()).toEqual(before)
})

test('standbys that have to connect anew do it with the new password', async () => {
  await lab.healthy()
  const sql = (text: string) =>
    onMachine(before.name, 'runuser', '-u', 'postgres', '--', 'psql', '-XAtc', text)
  const sinceS = await sql('SELECT extract(epoch FROM clock_timestamp())')
  expect(await sql('SELECT count(pg_terminate_backend(pid)) FROM pg_stat_replication')).toBe('2')
  const streaming = `SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND backend_start > to_timestamp(${sinceS})`
  await until('both stream again', async () => ((await sql(streaming)) === '2' ? true : null), 60_000)
})

test('a rotation that was killed midway goes on with the same values', async () => {
  // It refuses a cluster that is not whole, and the standbys have just connected anew.
  await lab.healthy()
  const script =
    '"$0" apps/fleet/src/main.ts cluster secrets rotate 2>"$1" & ' +
    'until grep -q "Place files" "$1"; do kill -0 $! || { cat "$1" >&2; exit 1; }; sleep 0.1; done; ' +
    'kill -9 $!; wait $!'
  const log = `${secretsFile}.log`
  // Patroni may notice only now that the standbys were away, and take them out of the quorum for a moment.
  const killed = await until(
    'the rotation begins',
    async () => {
      const done = await lab.fleet(['lab', 'run', '--', 'sh', '-c', script, process.execPath, log])
      return wasRefused(done) ? null : done
    },
    180_000,
  )
  expectCode(['cluster', 'secrets', 'rotate'], killed, 137)
  const halfway = await readValues()
  expect((await listSecrets()).filter(({ unfinished }) => unfinished)).toHaveLength(4)
  const { resumed } = await rotate<{ resumed: readonly string[] }>()
  expect(resumed).toHaveLength(4)
  expect(await readValues()).toEqual(halfway)
  expect((await listSecrets()).filter(({ unfinished }) => unfinished)).toEqual([])
  expect(await readPrimary()).toEqual(before)
})

test("the app's password is replaced: open connections go on, new ones need the new one", async () => {
  const oldFile = `${secretsFile}.old`
  await writeFile(oldFile, (await readValues()).get('app')!, { mode: 0o600 })
  await whileWriting(async () => {
    await rotate(['app'])
  })
  const connect = async (script: string) => lab.fleet(['lab', 'run', '--', 'sh', '-c', script, oldFile])
  const query = "psql -XAtc 'SELECT 1'"
  expect((await connect(`PGPASSWORD=$(cat "$0") ${query}`)).stderr).toContain(
    'password authentication failed',
  )
  // `lab run` gives the one that the file has now.
  expect((await connect(query)).stdout).toBe('1\n')
})

test('every certificate is replaced while a connection writes, and the daemons show the new ones', async () => {
  const gapMs = await whileWriting(async () => {
    // A reload of HAProxy ends its connections: those certificates are for after this.
    const names = ['pg-node-1', 'pg-node-2', 'pg-node-3', 'backup-1', 'operator'].join(',')
    const { issued } = await lab.cluster<{ issued: readonly string[] }>(['certs', 'renew', names])
    expect(issued).toHaveLength(14)
  })
  expect(gapMs).toBeLessThan(noFailoverMs)
  await lab.cluster(['certs', 'renew', 'haproxy-1,haproxy-2'])
  expect(await readPrimary()).toEqual(before)
  const shown = (machine: string, daemon: string, port: number, starttls: string) => {
    const at = `/etc/fleet-cluster/tls/${daemon}`
    const script = `openssl s_client -connect "$(hostname -I | cut -d ' ' -f 1):${port}" ${starttls} -CAfile ${at}/ca.crt -cert ${at}/tls.crt -key ${at}/tls.key </dev/null 2>/dev/null | openssl x509 -noout -serial; openssl x509 -noout -serial -in ${at}/tls.crt`
    return onMachine(machine, 'sh', '-c', script)
  }
  for (const [machine, daemon, port, starttls = ''] of [
    ['pg-node-1', 'etcd', 2379],
    ['pg-node-2', 'etcd', 2380],
    ['pg-node-2', 'patroni', 8008],
    ['pg-node-3', 'postgresql', 5432, '-starttls postgres'],
    ['haproxy-1', 'haproxy', 8404],
    ['backup-1', 'pgbackrest', 8432],
  ] as const) {
    // A daemon reads it a moment after it was told to.
    await until(`${daemon} on ${machine} shows what was placed`, async () => {
      const [served = '', placed] = (await shown(machine, daemon, port, starttls)).split('\n')
      return /^serial=[0-9A-F]{32}$/.test(served) && served === placed ? true : null
    })
  }
})
