import { existsSync, readFileSync } from 'node:fs'
import {
  authorityFiles,
  ClusterError,
  createClusterHome,
  parseClusterYml,
  ports,
  readSecrets,
} from '@fleet/cluster'
import type { Lab } from './lab-state.ts'

/**
 * Variables by which programs reach the lab's cluster: the app's own, those of libpq (psql and the rest), and the
 * cluster.yml for `fleet cluster`. A lab that nothing was deployed on has no password and no authority yet.
 */
export async function clientEnvironment(lab: Lab): Promise<Readonly<Record<string, string>>> {
  const { clusterFile } = lab.places
  const { spec, problems } = parseClusterYml(readFileSync(clusterFile, 'utf8'), clusterFile)
  if (!spec)
    throw new ClusterError(
      'invalid_spec',
      problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'),
    )
  const home = createClusterHome(clusterFile)
  const { database, role } = spec.postgresql
  const { vip } = spec.network
  const variables: Record<string, string> = {
    FLEET_CLUSTER: clusterFile,
    PG_HOST: vip,
    PG_PORT: String(ports.writes),
    PG_READ_PORT: String(ports.reads),
    PG_USER: role,
    PG_DATABASE: database,
    PGHOST: vip,
    PGPORT: String(ports.writes),
    PGUSER: role,
    PGDATABASE: database,
  }
  const authority = authorityFiles(home).certificate
  if (!existsSync(home.secretsFile) || !existsSync(authority)) return variables
  const { app } = await readSecrets(home, spec)
  return {
    ...variables,
    PG_PASSWORD: app,
    PGPASSWORD: app,
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: authority,
  }
}
