import { expect, test } from 'vitest'
import { viewOf } from '../../testing/cluster-view.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { ClusterError } from '../cluster-error.ts'
import type { Operation } from '../operate/operation.ts'
import type { PatroniClient } from '../patroni/patroni-client.ts'
import { waitUntilNoticed } from './settle-database.ts'

const spec = referenceSpec()
const view = viewOf(spec, 'pg-node-1')

/** Nodes that saw etcd last at `seenS(second)`, where time passes by being waited for. */
function operationWhere(seenS: (name: string, second: number) => number): Operation & { told: string[] } {
  let nowMs = 0
  const told: string[] = []
  const patroni: Pick<PatroniClient, 'node'> = {
    async node(host) {
      const { node } = view.members.find((member) => member.host.name === host.name)!
      return { ...node!, dcsLastSeenS: seenS(host.name, nowMs / 1000) }
    },
  }
  return {
    spec,
    patroni: patroni as PatroniClient,
    clock: {
      now: () => nowMs,
      async sleep(ms) {
        nowMs += ms
      },
    },
    signal: new AbortController().signal,
    onEvent: ({ text }) => told.push(text),
    told,
  }
}

test('settings are taken when every node has gone through two rounds, also one whose port opened anew', async () => {
  const operation = operationWhere((name, second) => {
    if (name === 'pg-node-2' && second >= 1 && second < 2)
      throw new ClusterError('command_failed', 'Patroni on pg-node-2 broke the connection off.')
    return Math.floor(second)
  })
  await waitUntilNoticed(operation)
  expect(operation.clock.now() / 1000).toBe(2 * spec.failover.loopWaitS)
  expect(operation.told.join('\n')).toContain('Patroni on pg-node-2 broke the connection off.')
})

test('a node that stays away ends the wait with what it said', async () => {
  const operation = operationWhere((name, second) => {
    if (name === 'pg-node-3') throw new ClusterError('host_unreachable', 'pg-node-3 is gone.')
    return second
  })
  await expect(waitUntilNoticed(operation)).rejects.toMatchObject({
    code: 'timed_out',
    message: expect.stringContaining('pg-node-3 is gone.'),
  })
})
