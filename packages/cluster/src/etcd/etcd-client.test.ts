import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SourceError } from '../status/source-failure.ts'
import { parseEtcdView } from './etcd-client.ts'

const recorded = (name: string) =>
  readFileSync(new URL(`../../testing/recorded/${name}`, import.meta.url), 'utf8')
/** etcd 3.5.16 of a lab: pg-node-1, while pg-node-3 leads. */
const status = recorded('etcd-status.json')
const members = recorded('etcd-members.json')
const changed = (changes: object) => JSON.stringify({ ...JSON.parse(status), ...changes })

describe('parseEtcdView', () => {
  it('reads what a real member says, with ids that no JavaScript number holds', () => {
    expect(parseEtcdView(status, members, 5)).toMatchObject({
      id: '4163782578709089108',
      version: '3.5.16',
      leaderId: '11977234285289058549',
      databaseBytes: 81_920,
      learner: false,
      alarms: [],
      members: [
        { name: 'pg-node-1' },
        { name: 'pg-node-2' },
        { id: '11977234285289058549', name: 'pg-node-3' },
      ],
      certificateEndsMs: 5,
    })
  })

  it('knows that a member without a leader has no quorum: the gateway leaves a zero out', () => {
    const alone = changed({ leader: undefined, errors: ['etcdserver: no leader'] })
    expect(parseEtcdView(alone, members, 5)).toMatchObject({ leaderId: null, alarms: [] })
  })

  it('names the member of an alarm', () => {
    const full = changed({
      errors: ['memberID:9511597713244609988 alarm:NOSPACE ', 'memberID:1 alarm:CORRUPT '],
    })
    expect(parseEtcdView(full, members, 5).alarms).toEqual([
      { member: 'pg-node-2', alarm: 'NOSPACE' },
      { member: '1', alarm: 'CORRUPT' },
    ])
  })

  it.each(['', 'not json', '{}', '{"header":{}}'])('refuses %j', (text) => {
    expect(() => parseEtcdView(text, members, 5)).toThrow(SourceError)
  })
})
