import { dirname, join } from 'node:path'

/** The operator's folder: cluster.yml and what belongs to it. All paths absolute. */
export interface ClusterHome {
  readonly directory: string
  readonly specFile: string
  readonly secretsFile: string
  readonly pkiDirectory: string
  /** ssh's kept connections, Ansible's working files: may be deleted at any time. */
  readonly stateDirectory: string
}

/** @param specFile absolute path of cluster.yml */
export function createClusterHome(specFile: string): ClusterHome {
  const directory = dirname(specFile)
  return {
    directory,
    specFile,
    secretsFile: join(directory, 'cluster.secrets.yml'),
    pkiDirectory: join(directory, 'pki'),
    stateDirectory: join(directory, '.cluster'),
  }
}
