import { bytesInWords, durationInWords, judge, type Observations } from '@fleet/cluster'
import { observedAtMs, observeHealthy, referenceSpec, silence } from '@fleet/cluster/testing'
import { describe, expect, it } from 'vitest'
import { createPaint } from '../terminal.ts'
import { renderStatus } from './status-text.ts'

const spec = referenceSpec()
const words = { bytesInWords, durationInWords }
const textOf = (seen: Observations, colours = false) =>
  renderStatus(judge(seen, spec, observedAtMs), words, createPaint(colours), 100)

describe('the text of a status', () => {
  it('begins with the verdict and shows every part of a healthy cluster', () => {
    expect(textOf(observeHealthy(spec))).toMatchInlineSnapshot(`
      "healthy: writes go to pg-node-2, 2 standbys in quorum, last backup 3 h ago

      POSTGRESQL  ROLE            STATE      TIMELINE  LAG       SYNC    RESTART
      pg-node-1   quorum standby  streaming  5         0 B, 0 s  quorum  none
      pg-node-2   primary         running    5         -         -       none
      pg-node-3   quorum standby  streaming  5         0 B, 0 s  quorum  none

      ETCD       ROLE      STATE    VERSION  SIZE
      pg-node-1  follower  healthy  3.5.16   96 kB
      pg-node-2  follower  healthy  3.5.16   96 kB
      pg-node-3  leader    healthy  3.5.16   96 kB

      HAPROXY    PORT         ADDRESS         pg-node-1     pg-node-2     pg-node-3
      haproxy-1  5432 writes  has 10.0.0.100  not primary   up, 8 in use  not primary
                 5433 reads                   up, 8 in use  not replica   up, 8 in use
      haproxy-2  5432 writes  -               not primary   up, 8 in use  not primary
                 5433 reads                   up, 8 in use  not replica   up, 8 in use

      BACKUP        LABEL                              AGE         DATABASE  REPOSITORY
      full          20260104-010000F                   3 days ago  30 MB     879 kB
      differential  20260104-010000F_20260104-020000D  3 h ago     30 MB     879 kB
      incremental   none                               -           -         -
      2 kept, 1.7 MB in the repository; last verify: passed 2026-01-07T04:00:00.000Z
      WAL archive: last segment 20 s ago, 0 segments waiting, 1.1 MB not in the repository yet"
    `)
  })

  it('fits in 100 columns whatever is dead', () => {
    const healthy = observeHealthy(spec)
    const dead = new Map(spec.hosts.map(({ name }) => [name, silence]))
    const nothing: Observations = {
      ...healthy,
      nodes: dead,
      clusters: dead,
      histories: dead,
      etcd: dead,
      haproxies: dead,
      vip: silence,
      hosts: dead,
    }
    for (const seen of [healthy, { ...healthy, hosts: dead }, { ...healthy, nodes: dead }, nothing]) {
      const text = textOf(seen)
      for (const line of text.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(100)
    }
    expect(textOf(nothing).split('\n')[0]).toBe(
      'down: no writes, nothing of the cluster answers; or this machine is cut off from it',
    )
  })

  it('shows with a warning its section of the runbook, and under it the command to type next', () => {
    const healthy = observeHealthy(spec)
    const text = textOf({ ...healthy, vip: silence })
    expect(text).toContain(
      '! The virtual address 10.0.0.100: no answer within 2 s. haproxy-1 holds it. [vip_no_answer]\n  fleet cluster logs haproxy-1 keepalived\n',
    )
  })

  it('has colours that do not move the columns', () => {
    const plain = textOf(observeHealthy(spec))
    const coloured = textOf(observeHealthy(spec), true)
    expect(coloured).not.toBe(plain)
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/gu, '')).toBe(plain)
  })
})
