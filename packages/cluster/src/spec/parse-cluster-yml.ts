import { checkBackup } from './check-backup.ts'
import { checkDatabase } from './check-database.ts'
import { checkFailover } from './check-failover.ts'
import { checkHosts } from './check-hosts.ts'
import { checkNetwork } from './check-network.ts'
import type { ClusterSpec, SpecProblem } from './cluster-spec.ts'
import { readSpec } from './read-spec.ts'
import { SpecSource } from './spec-source.ts'

/** A cluster.yml that was read: the spec when nothing forbids it, and all problems in the order of the file. */
export interface ParsedClusterYml {
  /** Null when a problem is an error. */
  readonly spec: ClusterSpec | null
  readonly problems: readonly SpecProblem[]
  /** 1-based: where a field like `ssh.identity_file` is, or else the section around it. */
  readonly lineOf: (field: string) => number
}

/**
 * Reads and checks a cluster.yml. Pure.
 *
 * @param file its name, for the problems
 */
export function parseClusterYml(text: string, file: string): ParsedClusterYml {
  const source = new SpecSource(text, file)
  const lineOf = (field: string) => source.lineOf(field)
  const root = source.isBroken ? null : source.root()
  if (root === null) return { spec: null, problems: source.finish(), lineOf }
  const spec = readSpec(source, root)
  checkNetwork(spec, source)
  checkHosts(spec, source)
  checkDatabase(spec, source)
  checkFailover(spec, source)
  checkBackup(spec, source)
  const problems = source.finish()
  return { spec: problems.some(({ severity }) => severity === 'error') ? null : spec, problems, lineOf }
}
