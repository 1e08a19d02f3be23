import { X509Certificate } from 'node:crypto'
import { askEtcd } from '../etcd/etcd-client.ts'
import { askHaproxy, askVipHolder } from '../haproxy/haproxy-client.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { type ClusterPki, operatorCertificate } from '../pki/cluster-pki.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { askCluster, askHistory, askNode } from './ask-patroni.ts'
import { probeHost } from './host-probe.ts'
import type { Observations } from './observations.ts'
import { type Deadline, observe, type Observed } from './observed.ts'

/** What a source has: with the program's own start, the answer is there in under 3 s. */
export const sourceTimeoutMs = 2_000

export interface CollectInput {
  readonly spec: ClusterSpec
  readonly secrets: Pick<ClusterSecrets, 'haproxyStats'>
  readonly pki: ClusterPki
  readonly shell: HostShell
  readonly now: () => number
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal
  /** Milliseconds that each source has; 2,000 by default. */
  readonly timeoutMs?: number
}

/**
 * Asks everything at once, each source with a deadline of its own, so that the slowest decides and none can hang it.
 *
 * @throws the reason of `stop`
 */
export async function collectObservations(input: CollectInput): Promise<Observations> {
  const { spec, secrets, pki, shell, now, stop, timeoutMs = sourceTimeoutMs } = input
  const startMs = performance.now()
  const { certificatePem, privateKeyPem } = pki.certificate(operatorCertificate)
  const tls = { authorityPem: pki.authorityPem, certificatePem, privateKeyPem }
  const stats = { password: secrets.haproxyStats, tls }

  const each = async <T>(
    hosts: readonly HostSpec[],
    ask: (host: HostSpec, deadline: Deadline) => Promise<T>,
  ): Promise<ReadonlyMap<string, Observed<T>>> =>
    new Map(
      await Promise.all(
        hosts.map(
          async (host) =>
            [host.name, await observe(timeoutMs, stop, (deadline) => ask(host, deadline))] as const,
        ),
      ),
    )
  const databases = hostsWith(spec, 'postgresql')
  const [nodes, clusters, histories, etcd, haproxies, vip, hosts] = await Promise.all([
    each(databases, (host, { signal }) => askNode(host, { tls, signal })),
    each(databases, (host, { signal }) => askCluster(host, { tls, signal })),
    each(databases, (host, { signal }) => askHistory(host, { tls, signal })),
    each(hostsWith(spec, 'etcd'), (host, { signal }) => askEtcd(host, { tls, signal })),
    each(hostsWith(spec, 'haproxy'), (host, { signal }) => askHaproxy(host, { ...stats, signal })),
    observe(timeoutMs, stop, ({ signal }) => askVipHolder(spec.network.vip, { ...stats, signal })),
    each(spec.hosts, (host, deadline) => probeHost(shell, spec, host, deadline, now)),
  ])
  return {
    tookMs: Math.round(performance.now() - startMs),
    nodes,
    clusters,
    histories,
    etcd,
    haproxies,
    vip,
    hosts,
    ownCertificates: [
      { name: 'authority', endsMs: endOf(pki.authorityPem) },
      { name: 'operator', endsMs: endOf(certificatePem) },
    ],
  }
}

const endOf = (pem: string): number => Date.parse(new X509Certificate(pem).validTo)
