import { ClusterError } from '../cluster-error.ts'
import type { ClusterHome } from '../home.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { readClusterView, requireLeader, standbyProblems } from '../operate/cluster-view.ts'
import type { PatroniClient } from '../patroni/patroni-client.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { ClusterSecrets } from './cluster-secrets.ts'
import { isRoleSecret } from './password-sql.ts'
import { createSecret, type SecretName, secretNames, type SecretRecord, secretTable } from './secrets-file.ts'
import { readSecrets, readStoredSecrets, writeStoredSecrets } from './secrets-store.ts'
import { setPasswords } from './set-passwords.ts'

/**
 * Changed when no name is given: nobody outside the cluster holds them, so that nobody has to be told, and no connection
 * breaks. The password of HAProxy's stats page is not among them: a reload of HAProxy ends the connections through it,
 * half a minute later, and their clients connect anew.
 */
export const ownSecrets: readonly SecretName[] = ['superuser', 'replication', 'rewind', 'patroniApi']

export interface RotationPlan {
  /** Get a new value now. */
  readonly fresh: readonly SecretName[]
  /** Got one in a rotation that was not finished: it is. */
  readonly resumed: readonly SecretName[]
}

/**
 * What `rotateSecrets` would do. Pure.
 *
 * @param names none: the cluster's own, or only the unfinished ones when there are any
 */
function planRotation(
  records: ReadonlyMap<SecretName, SecretRecord>,
  names: readonly SecretName[],
): RotationPlan {
  const resumed = secretNames.filter((name) => (records.get(name)?.previous ?? null) !== null)
  const asked = names.length > 0 || resumed.length > 0 ? names : ownSecrets
  // One that is on its way to the hosts is not changed once more: they may have it already, or still the one before.
  return { fresh: asked.filter((name) => !resumed.includes(name)), resumed }
}

export interface RotationInput {
  readonly home: ClusterHome
  readonly spec: ClusterSpec
  /** As for `planRotation`. */
  readonly names: readonly SecretName[]
  readonly randomBytes: (count: number) => Uint8Array
  readonly nowMs: number
  readonly shell: HostShell
  /** For questions only, which need no password. */
  readonly patroni: PatroniClient
  readonly signal: AbortSignal
}

/**
 * Gives secrets new values: in the file, in PostgreSQL, and by `deploy` on the hosts. May die at any line and be called
 * again: it goes on with the same values.
 *
 * Nothing stops. Sessions that are open stay open, whatever their password was (but see `ownSecrets`); Patroni speaks to its own PostgreSQL
 * through a socket that asks for none, and holds its lock in etcd by certificate. PostgreSQL has one password for a role,
 * so that between its change and the new files on a host, a standby that has to connect anew is refused and tries again.
 * PostgreSQL comes first for that reason: files that are ahead would leave such a standby away until all of them are
 * placed, while a deploy waits for it.
 *
 * @param deploy places the files and lets the daemons read them
 * @throws ClusterError before anything is changed: cluster_unhealthy, host_unreachable, and as `readSecrets`; after it:
 *   command_failed, and what `deploy` throws
 */
export async function rotateSecrets<T>(
  input: RotationInput,
  deploy: (secrets: ClusterSecrets) => Promise<T>,
): Promise<RotationPlan & { readonly deployed: T }> {
  const { home, spec, randomBytes, nowMs, names } = input
  // Complete, or the rest is of no use.
  await readSecrets(home, spec)
  const stored = (await readStoredSecrets(home))!
  const plan = planRotation(stored.records, names)
  // Every node needs the new values soon after the first one has them.
  if (plan.fresh.length > 0) {
    await requireWell(input)
    const records = new Map(stored.records)
    for (const name of plan.fresh)
      records.set(name, {
        value: createSecret(randomBytes),
        sinceMs: nowMs,
        previous: stored.records.get(name)!.value,
      })
    await writeStoredSecrets(home, { ...stored, records }, spec)
  }
  // Dead from here on: the file says which values are on their way, and the next rotation brings them there. So does a
  // deploy.
  const secrets = await readSecrets(home, spec)
  const changed = [...plan.resumed, ...plan.fresh]
  if (changed.some(isRoleSecret)) await changePasswords(input, secrets)
  const deployed = await deploy(secrets)
  await forgetPrevious(home, spec, changed, secrets)
  return { ...plan, deployed }
}

/** @throws ClusterError cluster_unhealthy, host_unreachable */
async function requireWell({ spec, shell, patroni, signal }: RotationInput): Promise<void> {
  const view = await readClusterView(patroni, { signal })
  requireLeader(view)
  const problems = standbyProblems(spec, view)
  if (problems.length > 0)
    throw new ClusterError(
      'cluster_unhealthy',
      `No secret was changed, because not all is well: ${problems.join(' ')}`,
    )
  await Promise.all(spec.hosts.map((host) => shell.run(host, ['true'], { signal })))
}

async function changePasswords(input: RotationInput, secrets: ClusterSecrets): Promise<void> {
  const { spec, shell, patroni, signal } = input
  const { host } = requireLeader(await readClusterView(patroni, { signal }))
  await setPasswords({ spec, secrets, shell, host, signal })
}

/** Only of those whose value is the one that was deployed: another rotation may have begun meanwhile. */
async function forgetPrevious(
  home: ClusterHome,
  spec: ClusterSpec,
  names: readonly SecretName[],
  deployed: ClusterSecrets,
): Promise<void> {
  const stored = (await readStoredSecrets(home))!
  const records = new Map(stored.records)
  for (const name of names) {
    const record = records.get(name)
    if (record?.value === deployed[name]) records.set(name, { ...record, previous: null })
  }
  await writeStoredSecrets(home, { ...stored, records }, spec)
}

/** By the names of the file. Null for one that is none. */
export const findSecret = (key: string): SecretName | null =>
  secretNames.find((name) => secretTable[name].key === key) ?? null
