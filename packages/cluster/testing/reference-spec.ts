import type { ClusterSpec } from '../src/spec/cluster-spec.ts'
import {
  type ClusterYmlOptions,
  type EtcdPlacement,
  referenceOptions,
  renderClusterYml,
} from '../src/spec/cluster-yml-template.ts'
import { parseClusterYml } from '../src/spec/parse-cluster-yml.ts'

/** The spec of a cluster.yml that must be valid. @throws Error with every problem when it is not */
export function parseValid(text: string): ClusterSpec {
  const { spec, problems } = parseClusterYml(text, 'cluster.yml')
  if (spec === null)
    throw new Error(
      problems.map(({ file, line, field, message }) => `${file}:${line} ${field} ${message}`).join('\n'),
    )
  return spec
}

/** The spec of the file that `fleet cluster init` writes. */
export const referenceSpec = (etcd: EtcdPlacement = 'colocated', changes: Partial<ClusterYmlOptions> = {}) =>
  parseValid(renderClusterYml({ ...referenceOptions(etcd), ...changes }))
