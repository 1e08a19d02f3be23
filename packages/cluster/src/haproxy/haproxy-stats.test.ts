import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SourceError } from '../status/source-failure.ts'
import { isGraceOnly, nodeOf, parseHaproxyStats, writeTargets } from './haproxy-stats.ts'

/** HAProxy 3.0.11 of a lab whose primary is pg-node-2. */
const recorded = readFileSync(new URL('../../testing/recorded/haproxy-stats.csv', import.meta.url), 'utf8')

describe('parseHaproxyStats', () => {
  it('reads the servers and the clients of a real HAProxy', () => {
    const { servers, frontends } = parseHaproxyStats(recorded)
    expect(servers.map(({ proxy, server, backup, up }) => [proxy, server, backup, up])).toEqual([
      ['writes', 'pg-node-1', false, false],
      ['writes', 'pg-node-2', false, true],
      ['writes', 'pg-node-3', false, false],
      ['writes', 'pg-node-1-grace', true, false],
      ['writes', 'pg-node-2-grace', true, true],
      ['writes', 'pg-node-3-grace', true, false],
      ['reads', 'pg-node-1', false, true],
      ['reads', 'pg-node-2', false, false],
      ['reads', 'pg-node-3', false, true],
    ])
    expect(servers[0]).toEqual({
      proxy: 'writes',
      server: 'pg-node-1',
      backup: false,
      up: false,
      status: 'DOWN',
      check: 'L7STS',
      checkCode: 503,
      sinceS: 791,
      sessions: 0,
    })
    expect(frontends.filter(({ proxy }) => ['writes', 'reads'].includes(proxy))).toEqual([
      { proxy: 'writes', connections: 0, maxConnections: 40 },
      { proxy: 'reads', connections: 0, maxConnections: 40 },
    ])
    expect(writeTargets(servers)).toEqual(['pg-node-2'])
    expect(isGraceOnly(servers)).toBe(false)
  })

  it('finds columns by name, whatever their order and whatever their cells hold', () => {
    const cell = fc.string({ unit: 'grapheme-ascii' }).filter((text) => !/[\r\n]/u.test(text))
    fc.assert(
      fc.property(cell, fc.boolean(), fc.nat(1e9), (words, up, sinceS) => {
        const quoted = `"${words.replaceAll('"', '""')}"`
        const csv = `# pxname,last_chk,svname,lastchg,type,status\nwrites,${quoted},a,${sinceS},2,${up ? 'UP' : 'DOWN'}\n`
        expect(parseHaproxyStats(csv).servers).toMatchObject([{ proxy: 'writes', server: 'a', sinceS, up }])
      }),
    )
  })

  it.each([
    ['UP', true],
    ['UP 1/2', true],
    ['no check', true],
    ['DOWN', false],
    ['DOWN 1/2', false],
    ['MAINT', false],
    ['DRAIN', false],
    ['NOLB', false],
  ])('takes %s for taking connections: %s', (status, up) => {
    expect(parseHaproxyStats(`# pxname,svname,type,status\nreads,a,2,${status}\n`).servers[0]?.up).toBe(up)
  })

  it.each(['', '<html>', '[]', 'pxname,svname'])('refuses %j', (text) => {
    expect(() => parseHaproxyStats(text)).toThrow(SourceError)
  })
})

describe('writeTargets', () => {
  const server = (name: string, backup: boolean, up: boolean) => ({
    ...parseHaproxyStats(recorded).servers[0]!,
    server: name,
    backup,
    up,
  })

  it('is a grace server only while no ordinary one is up', () => {
    const grace = [server('a', false, false), server('a-grace', true, true), server('b', false, false)]
    expect(writeTargets(grace)).toEqual(['a'])
    expect(isGraceOnly(grace)).toBe(true)
    const promoted = [...grace, server('c', false, true)]
    expect(writeTargets(promoted)).toEqual(['c'])
    expect(isGraceOnly(promoted)).toBe(false)
    expect(writeTargets([server('a', false, false)])).toEqual([])
  })

  it('names nodes', () => {
    expect(nodeOf('pg-node-1-grace')).toBe('pg-node-1')
    expect(nodeOf('pg-node-1')).toBe('pg-node-1')
  })
})
