import { expect, test } from 'vitest'
import { viewOf } from '../../testing/cluster-view.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { sampleSecrets } from '../../testing/render-sample.ts'
import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import type { PatroniClient } from '../patroni/patroni-client.ts'
import { renderPasswordQuery, renderPasswordSql } from '../secrets/password-sql.ts'
import type { DeployEvent } from './deploy-event.ts'
import { bringPasswordsFirst } from './passwords-first.ts'
import { createSteps } from './steps.ts'

const spec = referenceSpec()
const secrets = sampleSecrets

async function bring(leader: string | null, otherRoles: readonly string[]) {
  const ran: { readonly host: string; readonly words: string; readonly sql: string }[] = []
  const told: DeployEvent[] = []
  const shell: HostShell = {
    run(host, command, options) {
      ran.push({ host: host.name, words: command.join(' '), sql: options?.input ?? '' })
      const stdout = ran.length === 1 ? otherRoles.map((role) => `${role}\n`).join('') : ''
      return Promise.resolve({ exitCode: 0, stdout, stderr: '' })
    },
    close: () => Promise.resolve(),
  }
  const view = viewOf(spec, leader)
  const patroni: Partial<PatroniClient> = {
    findLeader: () => Promise.resolve({ leader: view.leader?.host ?? null, nodes: view.members }),
    cluster: () => Promise.reject(new ClusterError('timed_out', 'no etcd')),
  }
  await bringPasswordsFirst({
    spec,
    secrets,
    shell,
    patroni: patroni as PatroniClient,
    steps: createSteps((event) => told.push(event), Date.now),
    signal: new AbortController().signal,
  })
  return { ran, told }
}

test('a password that differs is set on the primary, in a step of its own', async () => {
  const { ran, told } = await bring('pg-node-2', ['replicator'])
  expect(ran.map(({ host, sql }) => [host, sql])).toEqual([
    ['pg-node-2', renderPasswordQuery(spec, secrets)],
    ['pg-node-2', renderPasswordSql(spec, secrets)],
  ])
  expect(told.at(-1)).toMatchObject({
    type: 'step-done',
    outcome: 'changed',
    changedHosts: ['pg-node-2'],
    note: 'replicator',
  })
  for (const { words, sql } of ran)
    for (const secret of [secrets.superuser, secrets.replication, secrets.rewind, secrets.app])
      expect(words + sql).not.toContain(secret)
})

test('nothing is told or changed when all are the same', async () => {
  const { ran, told } = await bring('pg-node-1', [])
  expect(ran.map(({ sql }) => sql)).toEqual([renderPasswordQuery(spec, secrets)])
  expect(told).toEqual([])
})

test('where nobody leads no host is asked', async () => {
  const { ran, told } = await bring(null, [])
  expect([ran, told]).toEqual([[], []])
})
