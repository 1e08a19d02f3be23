import type { DrillRecord } from '../src/verdict/drill-record.ts'
import { drills } from '../src/drills/index.ts'
import type { Operation } from '../src/history/operation.ts'
import { happened, says } from './histories.ts'

/** A run that was recorded to its end, with one fault from 1 s to 2 s; only the rows that a client inserts are in it. */
export const recorded = (operations: readonly Operation[], more: Partial<DrillRecord> = {}): DrillRecord => ({
  setup: {
    version: 1,
    drill: { ...drills[0]!, workloads: ['inserts'] },
    cluster: 'the lab "lab"',
    topology: 'small',
    startedAtMs: 1_700_000_000_000,
    nodes: ['one'],
    cast: {
      primary: 'one',
      standby: null,
      'other-standby': null,
      'etcd-leader': null,
      'etcd-follower': null,
      'vip-holder': null,
      backup: null,
    },
    deliveryTransitions: {},
    deliveryBegins: 'unassigned',
  },
  history: { operations, startedAtMs: 1_700_000_000_000, incomplete: null },
  nodes: Array.from({ length: 20 }, (_, index) => says('one', index * 200, true)),
  statuses: [],
  events: happened(
    ['steady', 500],
    ['injecting', 1_000],
    ['injected', 1_010],
    ['settled', 2_000],
    ['healthy', 2_500],
    ['stopped', 4_000],
  ),
  incomplete: null,
  ...more,
})
