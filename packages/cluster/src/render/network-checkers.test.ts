import { beforeAll, describe, expect, test } from 'vitest'
import { withDebianRoot } from '../../testing/debian-root.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { issuedInput } from '../../testing/render-sample.ts'
import { paths } from '../layout.ts'
import { type ClusterSpec, type HostRole, hostsWith } from '../spec/cluster-spec.ts'
import { renderCluster } from './render-cluster.ts'
import type { RenderedCluster, RenderedFile, RenderInput } from './rendered-file.ts'

// The daemons themselves, in a Debian 13 root as the hosts are, say whether they take what we render.

for (const etcd of ['colocated', 'separate'] as const)
  describe(`with etcd ${etcd}`, () => {
    const spec = referenceSpec(etcd)
    let input: RenderInput
    let cluster: RenderedCluster
    beforeAll(async () => {
      input = await issuedInput(spec)
      cluster = renderCluster(input)
    })
    const filesOf = (role: HostRole) => filesOfFirst(cluster, spec, role)

    test('HAProxy takes its configuration without a word', async () => {
      const run = await check(
        filesOf('haproxy'),
        'haproxy -c -f /etc/haproxy/haproxy.cfg -f /etc/haproxy/users.cfg',
      )
      expect(run).toBe('')
    })

    test('HAProxy refuses a configuration that is broken', async () => {
      const broken = filesOf('haproxy').map((file) =>
        file.path === paths.haproxyConfig
          ? { ...file, content: file.content.replace('mode tcp', 'mode tpc') }
          : file,
      )
      await expect(check(broken, 'haproxy -c -f /etc/haproxy/haproxy.cfg')).rejects.toThrow('tpc')
    })

    test('keepalived takes its configuration without a word', async () => {
      const withInterface = `ip link add ${spec.network.interface} type veth peer name other && ip link set other up && ip addr add ${hostsWith(spec, 'haproxy')[0]!.address}/24 dev ${spec.network.interface} && ip link set ${spec.network.interface} up`
      expect(
        await check(filesOf('haproxy'), `${withInterface} && keepalived -t -l -f ${paths.keepalivedConfig}`),
      ).toBe('')
    })

    test('nft takes the rules of every host', async () => {
      for (const host of spec.hosts)
        expect(await check(cluster.get(host.name)!, `nft -c -f ${paths.nftables}`), host.name).toBe('')
    })

    test('systemd takes every unit and drop-in', async () => {
      for (const host of spec.hosts) {
        const files = cluster.get(host.name)!
        const units = files.flatMap(
          ({ path }) => /^\/etc\/systemd\/system\/([^/]+\.(?:service|timer))/.exec(path)?.[1] ?? [],
        )
        // verify judges unit files, and drop-ins through the unit that they belong to.
        const places = [...new Set(units)].map(
          (unit) => `$(ls /etc/systemd/system/${unit} /usr/lib/systemd/system/${unit} 2>/dev/null)`,
        )
        expect(
          await check(files, `systemd-analyze verify --man=no --recursive-errors=no ${places.join(' ')}`),
          host.name,
        ).toBe('')
      }
    })

    test('bash takes every script', async () => {
      for (const host of spec.hosts) {
        const files = cluster.get(host.name)!
        const scripts = files.filter(({ content }) => /^#!.*\bbash\n/.test(content))
        const each = scripts.map(({ path }) => `bash -n ${path}`).join(' && ')
        expect(await check(files, each || 'true'), host.name).toBe('')
      }
    })
  })

/** Standard output and error of a command that must succeed. */
async function check(files: readonly RenderedFile[], command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await withDebianRoot(files, ['bash', '-c', command])
  if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}\n${stdout}${stderr}`)
  return `${stdout}${stderr}`
}

function filesOfFirst(cluster: RenderedCluster, spec: ClusterSpec, role: HostRole): readonly RenderedFile[] {
  return cluster.get(hostsWith(spec, role)[0]!.name)!
}
