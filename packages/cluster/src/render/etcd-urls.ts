import { ports } from '../layout.ts'
import type { HostSpec } from '../spec/cluster-spec.ts'

/** Where a member answers clients, and what `etcdctl --endpoints` takes. */
export const etcdClientUrl = (host: HostSpec): string => `https://${host.address}:${ports.etcdClient}`

/** Where members speak with each other. */
export const etcdPeerUrl = (host: HostSpec): string => `https://${host.address}:${ports.etcdPeer}`
