import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { DeployReport } from '@fleet/cluster'
import { freePort } from '@fleet/store/testing'
import { until } from '../testing/fleet-command.ts'
import { findRemains, networkOf } from '../testing/lab-remains.ts'
import type { DrillRunSummary } from '../src/commands/drill/report-text.ts'
import { asPromised, busyLimitMs, expectCode, labUnderTest, lastJson } from './lab-under-test.ts'

// The life of a cluster as an operator sees it, each step on what the one before left.
const lab = labUnderTest('journey')

afterAll(async () => {
  await lab.fleet(['lab', 'down'])
  rmSync(lab.drillsFolder, { recursive: true, force: true })
})

test('one command makes six machines and a healthy cluster on them', async () => {
  const words = ['lab', 'up', '--topology', 'small', '--json']
  expectCode(words, await lab.fleet(words))
  const status = await lab.healthy()
  const roles = status.members.map(({ role }) => role)
  expect(roles.filter((role) => role === 'primary')).toHaveLength(1)
  expect(roles.filter((role) => role === 'quorum_standby')).toHaveLength(2)
})

test('a second deploy changes nothing', async () => {
  const report = await lab.cluster<DeployReport>(['deploy'])
  expect(report.changedCount).toBe(0)
  await lab.cluster(['diff'])
})

test('a write through the virtual IP is read from a standby', async () => {
  await lab.psql('CREATE TABLE kept (note text); INSERT INTO kept VALUES ($$before the faults$$)')
  await until('the standby has the row', async () =>
    (await lab.psql('SELECT pg_is_in_recovery(), note FROM kept', true)) === 't|before the faults'
      ? true
      : null,
  )
})

test('a switchover loses nothing and takes seconds', async () => {
  const run = await lab.measure('switchover')
  expect(run).toMatchObject(asPromised)
  expect(run.gapMs).toBeLessThan(busyLimitMs(run.limitMs))
})

test('a primary without power is replaced in time, and rejoins by itself', async () => {
  const run = await lab.measure('primary-power-off')
  expect(run).toMatchObject(asPromised)
  expect(run.gapMs).toBeLessThan(busyLimitMs(run.limitMs))
  const status = await lab.healthy()
  expect(status.members.find(({ name }) => name === run.machine)).toMatchObject({
    role: 'quorum_standby',
    state: 'streaming',
  })
  expect(await lab.psql('SELECT note FROM kept')).toBe('before the faults')
})

test('a backup is taken and listed', async () => {
  const { backup } = await lab.cluster<{ backup: { label: string } }>(['backup', '--incr'])
  const { backups } = await lab.cluster<{ backups: readonly { label: string; kind: string }[] }>(['backups'])
  expect(backups[0]?.kind).toBe('full')
  expect(backups.map(({ label }) => label)).toContain(backup.label)
})

test('the app serves the fleet from the cluster', async () => {
  const port = await freePort()
  const settings = [
    `FLEET_PORT=${port}`,
    'FLEET_SEED=none',
    'FLEET_OSMAND_PORT=off',
    `FLEET_SPOOL_DIR=${join(lab.drillsFolder, 'spool')}`,
  ]
  const serve = ['env', ...settings, process.execPath, 'apps/fleet/src/main.ts', 'serve']
  const app = lab.start(['lab', 'run', '--publish', String(port), '--', ...serve])
  try {
    const ready = await until(
      'the app is ready',
      async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
        return answer?.ok ? ((await answer.json()) as object) : null
      },
      180_000,
    )
    expect(ready).toMatchObject({ backend: 'postgres' })
    expect(
      await lab.psql(
        'SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()',
      ),
    ).toBe('t')
  } finally {
    app.kill('SIGTERM')
    await app.finished
  }
})

/** Rules that hold a time against a limit, beside those of the gaps. */
const limitedOtherwise: ReadonlySet<string> = new Set(['app-beyond-cluster', 'healthy-again'])

// One of each kind: a process dies, an operator changes the primary, the way to it breaks. All of them: npm run drill:all.
test.each(['postgresql-killed', 'switchover', 'haproxy-restart'])(
  'a drill proves that nothing is lost or done twice: %s',
  async (drill) => {
    const { stdout, stderr } = await lab.fleet(['drill', 'run', drill, '--lab', lab.name, '--json'])
    const { runs } = lastJson<{ runs: readonly [DrillRunSummary] }>(stdout || stderr)
    const [{ failure, notHeld, streams }] = runs
    expect(failure).toBeNull()
    // Its limits are for a machine with nothing else to do.
    const isLate = ({ rule, verdict }: (typeof notHeld)[number]) =>
      verdict === 'violated' && (rule.endsWith('-gap') || limitedOtherwise.has(rule))
    expect(notHeld.filter((finding) => !isLate(finding))).toEqual([])
    for (const { longestGap } of streams) expect(longestGap?.gapMs).toBeLessThan(30_000)
  },
)

test('nothing of the lab is left after down', async () => {
  const words = ['lab', 'down', '--json']
  const network = networkOf(lab.name)
  expectCode(words, await lab.fleet(words))
  // The kernel takes a network away a moment after the last process in it.
  await expect.poll(() => findRemains(lab.name, network, process.env), { timeout: 30_000 }).toEqual([])
})
