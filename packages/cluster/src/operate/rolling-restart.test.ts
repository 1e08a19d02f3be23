import { expect, test } from 'vitest'
import { viewOf } from '../../testing/cluster-view.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { ClusterError } from '../cluster-error.ts'
import type { PatroniClient } from '../patroni/patroni-client.ts'
import { rollingRestart } from './rolling-restart.ts'

const spec = referenceSpec()

test('a restart that could not be asked for ends at once, not when the time for it is over', async () => {
  const view = viewOf(spec, 'pg-node-1')
  const unreachable = new ClusterError('host_unreachable', 'Patroni on pg-node-2 cannot be reached.')
  let nowMs = 0
  const patroni: Partial<PatroniClient> = {
    findLeader: () => Promise.resolve({ leader: view.leader!.host, nodes: view.members }),
    cluster: () => Promise.resolve(view.cluster!),
    restart: () => Promise.reject(unreachable),
  }
  const done = rollingRestart(
    {
      spec,
      patroni: patroni as PatroniClient,
      clock: {
        now: () => nowMs,
        sleep: (ms) => {
          nowMs += ms
          return Promise.resolve()
        },
      },
      signal: new AbortController().signal,
      onEvent: () => {},
    },
    { node: 'pg-node-2' },
  )
  await expect(done).rejects.toBe(unreachable)
  expect(nowMs).toBeLessThan(5_000)
})
