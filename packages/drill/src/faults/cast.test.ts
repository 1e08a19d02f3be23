import type { ClusterSpec, ClusterStatus } from '@fleet/cluster'
import { expect, test } from 'vitest'
import { chooseCast, nameInCast, playedBy } from './cast.ts'

const status = (primary: string | null, etcdLeader: string | null) =>
  ({
    writes: { primary },
    members: ['n1', 'n2', 'n3'].map((name) => ({ name })),
    etcd: { leader: etcdLeader, members: ['n1', 'n2', 'n3'].map((name) => ({ name })) },
    vip: { holder: 'h1' },
  }) as unknown as ClusterStatus
const spec = { hosts: [{ name: 'b1', roles: ['backup'] }] } as unknown as ClusterSpec

test('everybody plays what they are now', () => {
  expect(chooseCast(status('n2', 'n3'), spec)).toEqual({
    primary: 'n2',
    standby: 'n1',
    'other-standby': 'n3',
    'etcd-leader': 'n3',
    'etcd-follower': 'n1',
    'vip-holder': 'h1',
    backup: 'b1',
  })
})

test('a follower of etcd is not the machine of the primary, where there is another', () => {
  expect(chooseCast(status('n1', 'n2'), spec)['etcd-follower']).toBe('n3')
})

test('who is not known cannot be played', () => {
  expect(() => playedBy(chooseCast(status('n1', null), spec), 'etcd-leader')).toThrow(/etcd-leader/)
})

test('names stand in for actors, other words stay', () => {
  const nameOf = nameInCast(chooseCast(status('n1', 'n2'), spec))
  expect([nameOf('primary'), nameOf('everyone-else')]).toEqual(['n1 (primary)', 'everyone-else'])
})
