import { afterAll, expect, test } from 'vitest'
import { findRemains, networkOf } from '../testing/lab-remains.ts'
import { asPromised, busyLimitMs, expectCode, labUnderTest } from './lab-under-test.ts'

// Nine machines, as the guide draws them, and everything that may go wrong with one of them.
const lab = labUnderTest('full')

afterAll(async () => {
  await lab.fleet(['lab', 'down'])
})

test('one command makes nine machines and a healthy cluster on them', async () => {
  const words = ['lab', 'up', '--topology', 'full', '--json']
  expectCode(words, await lab.fleet(words))
  const { etcd } = await lab.healthy()
  expect(etcd.members.map(({ name }) => name)).toEqual(['etcd-1', 'etcd-2', 'etcd-3'])
})

// With etcd on machines of its own, the primary's machine never has its leader too.
test.each([
  { fault: 'primary-power-off', limitMs: 28_000 },
  { fault: 'etcd-leader-power-off', limitMs: 1_000 },
  { fault: 'standby-power-off', limitMs: 1_000 },
  { fault: 'postgresql-kill', limitMs: 3_000 },
  { fault: 'patroni-kill', limitMs: 5_000 },
  { fault: 'switchover', limitMs: 3_000 },
  { fault: 'haproxy-power-off', limitMs: 4_000 },
])(
  '$fault: no acknowledged write lost, no second primary, status tells the truth',
  async ({ fault, limitMs }) => {
    const run = await lab.measure(fault)
    expect(run).toMatchObject({ ...asPromised, limitMs })
    expect(run.gapMs).toBeLessThan(busyLimitMs(limitMs))
  },
)

test('nothing of the lab is left after down', async () => {
  const words = ['lab', 'down', '--json']
  const network = networkOf(lab.name)
  expectCode(words, await lab.fleet(words))
  // The kernel takes a network away a moment after the last process in it.
  await expect.poll(() => findRemains(lab.name, network, process.env), { timeout: 30_000 }).toEqual([])
})
