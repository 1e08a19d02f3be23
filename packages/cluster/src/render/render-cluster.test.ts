import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { arbitraryClusterYml } from '../../testing/arbitrary-cluster-yml.ts'
import { findDebianRoot, readIds } from '../../testing/debian-root.ts'
import { parseValid } from '../../testing/reference-spec.ts'
import { sampleInput, sampleSecrets } from '../../testing/render-sample.ts'
import { ports } from '../layout.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { renderCluster } from './render-cluster.ts'
import type { RenderedFile } from './rendered-file.ts'

// Some seconds on two idle cores, much more on busy ones.
vi.setConfig({ testTimeout: 240_000 })

describe('any valid cluster.yml', () => {
  const users = readIds(findDebianRoot(), 'passwd')
  const groups = readIds(findDebianRoot(), 'group')
  const secretTexts = [
    ...Object.values(sampleSecrets).filter((secret) => typeof secret === 'string'),
    ...Object.values(sampleSecrets.s3 ?? {}),
    'key of ',
  ]

  test('renders the same bytes each time, whole files for places and owners that a host has, secrets hidden', () => {
    fc.assert(
      fc.property(arbitraryClusterYml, (text) => {
        const spec = parseValid(text)
        const cluster = renderCluster(sampleInput(spec))
        expect(renderCluster(sampleInput(parseValid(text)))).toEqual(cluster)
        expect([...cluster.keys()]).toEqual(spec.hosts.map(({ name }) => name))
        for (const [host, files] of cluster) {
          const filePaths = files.map(({ path }) => path)
          expect(filePaths, `on ${host}`).toEqual([...new Set(filePaths)].sort())
          for (const file of files) expectWhole(file)
        }
      }),
      { numRuns: 20 },
    )

    function expectWhole(file: RenderedFile) {
      expect(file.path).toMatch(/^(\/[\w@.:-]+)+$/)
      expect(file.path).not.toMatch(/\/\.\.?(\/|$)/)
      expect(users.has(file.owner), `${file.path}: ${file.owner}`).toBe(true)
      expect(groups.has(file.group), `${file.path}: ${file.group}`).toBe(true)
      expect(file.content, `in ${file.path}`).toMatch(/[^\n]\n$/)
      expect(file.content, `in ${file.path}`).not.toMatch(/undefined|NaN|\[object/)
      expect(file.content.startsWith('#!') ? file.mode : '0755', `in ${file.path}`).toBe('0755')
      if (file.secret) expect(['0600', '0640'], `in ${file.path}`).toContain(file.mode)
      if (file.secret === true) return
      const hidden = new RegExp(`\\b(${(file.secret || []).join('|')}) ?[:=]`)
      const shown = file.content.split('\n').filter((line) => !file.secret || !hidden.test(line))
      for (const text of secretTexts) expect(shown.join('\n'), `in ${file.path}`).not.toContain(text)
    }
  })

  test('lets its operators in by ssh first of all, and its members reach each other', () => {
    fc.assert(
      fc.property(arbitraryClusterYml, (text) => {
        const spec = parseValid(text)
        const cluster = renderCluster(sampleInput(spec))
        for (const host of spec.hosts) {
          const rules = cluster.get(host.name)!.find(({ path }) => path === '/etc/nftables.conf')!.content
          const accepts = rules.match(/^ +(ip|iif|ct|meta) .* accept.*$/gm) ?? []
          expect(accepts[0]).toContain(`ip saddr @operators tcp dport ${spec.ssh.port} accept`)
          const elements = (set: string) =>
            new RegExp(`set ${set} \\{[^}]*elements = \\{ ([^}]*) \\}`).exec(rules)?.[1]?.split(', ')
          if (host.roles.includes('etcd')) {
            const members = hostsWith(spec, 'etcd').map(({ address }) => address)
            expect(elements('etcd_members')).toEqual(members)
            expect(rules).toContain(`@etcd_members tcp dport ${ports.etcdPeer} accept`)
          }
          if (host.roles.includes('postgresql')) {
            expect(elements('cluster')).toEqual(spec.hosts.map(({ address }) => address))
            expect(rules).toContain(`@cluster tcp dport ${ports.postgresql} accept`)
          }
        }
      }),
      { numRuns: 20 },
    )
  })
})
