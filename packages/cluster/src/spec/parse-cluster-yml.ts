import type { ClusterSpec, SpecProblem } from './cluster-spec.ts'
import { readSpec } from './read-spec.ts'
import { SpecSource } from './spec-source.ts'

/** A cluster.yml that was read: the spec when nothing forbids it, and all problems in the order of the file. */
export interface ParsedClusterYml {
  /** Null when a problem is an error. */
  readonly spec: ClusterSpec | null
  readonly problems: readonly SpecProblem[]
}

/**
 * Reads and checks a cluster.yml. Pure.
 *
 * @param file its name, for the problems
 */
export function parseClusterYml(text: string, file: string): ParsedClusterYml {
  const source = new SpecSource(text, file)
  const root = source.isBroken ? null : source.root()
  if (root === null) return { spec: null, problems: source.finish() }
  const spec = readSpec(source, root)
  const problems = source.finish()
  return { spec: problems.some(({ severity }) => severity === 'error') ? null : spec, problems }
}
