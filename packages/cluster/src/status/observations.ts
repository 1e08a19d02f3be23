import type { EtcdView } from '../etcd/etcd-client.ts'
import type { HaproxyView } from '../haproxy/haproxy-client.ts'
import type { PatroniCluster, PatroniHistory, PatroniNode } from '../patroni/patroni-answers.ts'
import type { HostProbe } from './host-probe.ts'
import type { Observed } from './observed.ts'

type ByHost<T> = ReadonlyMap<string, Observed<T>>

/** Everything that was seen at one moment, by host name, without any judgement. */
export interface Observations {
  /** Milliseconds that the slowest source took. */
  readonly tookMs: number
  /** Each database node about itself. */
  readonly nodes: ByHost<PatroniNode>
  /** The cluster as each database node reads it from etcd: needs etcd's quorum. */
  readonly clusters: ByHost<PatroniCluster>
  readonly histories: ByHost<PatroniHistory>
  readonly etcd: ByHost<EtcdView>
  readonly haproxies: ByHost<HaproxyView>
  /** The name that answers at the virtual address. */
  readonly vip: Observed<string>
  /** Each host over ssh. */
  readonly hosts: ByHost<HostProbe>
  /** Certificates on the operator's own machine. */
  readonly ownCertificates: readonly { readonly name: string; readonly endsMs: number }[]
}
