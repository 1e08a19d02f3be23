import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { arbitraryClusterYml } from '../../testing/arbitrary-cluster-yml.ts'
import { withDebianRoot } from '../../testing/debian-root.ts'
import { parseValid, referenceSpec } from '../../testing/reference-spec.ts'
import { issuedInput } from '../../testing/render-sample.ts'
import { paths } from '../layout.ts'
import { type ClusterSpec, type HostRole, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { etcdRejoinScript } from './etcd-rejoin.ts'
import { etcdRunConfig } from './etcd.ts'
import { haproxyUsersConfig } from './haproxy.ts'
import { renderCluster } from './render-cluster.ts'
import type { RenderedCluster, RenderedFile, RenderInput } from './rendered-file.ts'

// The daemons themselves, in a Debian 13 root as the hosts are, say whether they take what we render.

// Some seconds on two idle cores, much more on busy ones.
vi.setConfig({ testTimeout: 240_000 })

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
      expect(await check(filesOf('haproxy'), haproxyCheck)).toBe('')
    })

    test('HAProxy refuses a configuration that is broken', async () => {
      const broken = filesOf('haproxy').map((file) =>
        file.path === paths.haproxyConfig
          ? { ...file, content: file.content.replace('mode tcp', 'mode tpc') }
          : file,
      )
      await expect(check(broken, haproxyCheck)).rejects.toThrow('tpc')
    })

    test('keepalived takes its configuration without a word', async () => {
      const [host] = hostsWith(spec, 'haproxy')
      expect(await check(filesOf('haproxy'), keepalivedCheck(spec, host!))).toBe('')
    })

    test('nft takes the rules of every host', async () => {
      for (const host of spec.hosts)
        expect(await check(cluster.get(host.name)!, `nft -c -f ${paths.nftables}`), `on ${host.name}`).toBe(
          '',
        )
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
          `on ${host.name}`,
        ).toBe('')
      }
    })

    test('bash takes every script', async () => {
      for (const host of spec.hosts) {
        const files = cluster.get(host.name)!
        const scripts = files.filter(({ content }) => /^#!.*\bbash\n/.test(content))
        const each = scripts.map(({ path }) => `bash -n ${path}`).join(' && ')
        expect(await check(files, each || 'true'), `on ${host.name}`).toBe('')
      }
    })
  })

describe('any valid cluster.yml', () => {
  test('renders what HAProxy, keepalived and nft take', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryClusterYml, async (text) => {
        const spec = parseValid(text)
        const cluster = renderCluster(await issuedInput(spec))
        const balancer = hostsWith(spec, 'haproxy').at(-1)!
        const rules = spec.hosts.map(({ name }) => ({
          ...cluster.get(name)!.find(({ path }) => path === paths.nftables)!,
          path: `/tmp/${name}.nft`,
        }))
        const said = await check(
          [...cluster.get(balancer.name)!, ...rules],
          [
            haproxyCheck,
            keepalivedCheck(spec, balancer),
            'for rules in /tmp/*.nft; do nft -c -f "$rules" || exit; done',
          ].join(' && '),
        )
        expect(said).toBe('')
      }),
      // Each run is a second and more: the first failure says enough.
      { numRuns: 12, endOnFailure: true },
    )
  })
})

describe('etcd', () => {
  test('starts from its configuration, and lets nobody in without a certificate of the cluster', async () => {
    const spec = referenceSpec()
    const [host] = hostsWith(spec, 'etcd')
    const files = renderCluster(await issuedInput(oneMember(spec, host!))).get(host!.name)!
    const said = await check(files, etcdTrial(host!))
    expect(said.split('\n')).toEqual([
      'rejoin left the configuration alone',
      'healthy with a certificate',
      'refused without',
      '',
    ])
  })

  test('refuses a configuration that is broken', async () => {
    const spec = referenceSpec()
    const [host] = hostsWith(spec, 'etcd')
    const files = renderCluster(await issuedInput(oneMember(spec, host!))).get(host!.name)!
    const broken = files.map((file) =>
      file.path === paths.etcdConfig
        ? { ...file, content: file.content.replace('election-timeout: 1000', 'election-timeout: 100') }
        : file,
    )
    await expect(check(broken, etcdTrial(host!))).rejects.toThrow('election')
  })
})

/** Alone a member needs nobody to be healthy. */
const oneMember = (spec: ClusterSpec, member: HostSpec): ClusterSpec => ({
  ...spec,
  hosts: [{ ...member, roles: ['etcd'] }],
})

const etcdTrial = ({ address }: HostSpec) => `
set -e
ip addr add ${address}/32 dev lo
mkdir /run/etcd
${etcdRejoinScript} ${etcdRunConfig}
cmp ${paths.etcdConfig} ${etcdRunConfig} && echo 'rejoin left the configuration alone'
etcd --config-file ${etcdRunConfig} > /tmp/log 2>&1 &
etcd=$!
tls=${paths.tls}/etcd
ask() { curl --silent --fail --max-time 2 --cacert $tls/ca.crt "$@" https://${address}:2379/health > /dev/null; }
until ask --cert $tls/tls.crt --key $tls/tls.key; do
  kill -0 $etcd 2>/dev/null || { cat /tmp/log >&2; exit 1; }
  sleep 0.05
done
echo 'healthy with a certificate'
ask || echo 'refused without'
`

const haproxyCheck = `haproxy -c -f ${paths.haproxyConfig} -f ${haproxyUsersConfig}`

/** keepalived looks whether its interface is there. */
const keepalivedCheck = ({ network }: ClusterSpec, host: HostSpec) =>
  `ip link add ${network.interface} type veth peer name other && ip link set other up && ip addr add ${host.address}/32 dev ${network.interface} && ip link set ${network.interface} up && keepalived -t -l -f ${paths.keepalivedConfig}`

/** Standard output and error of a command that must succeed. */
async function check(files: readonly RenderedFile[], command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await withDebianRoot(files, ['bash', '-c', command])
  if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}\n${stdout}${stderr}`)
  return `${stdout}${stderr}`
}

function filesOfFirst(cluster: RenderedCluster, spec: ClusterSpec, role: HostRole): readonly RenderedFile[] {
  return cluster.get(hostsWith(spec, role)[0]!.name)!
}
