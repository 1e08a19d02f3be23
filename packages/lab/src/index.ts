export type { ClusterSpec } from '@fleet/cluster'
