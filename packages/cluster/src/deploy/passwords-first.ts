import { readClusterView } from '../operate/cluster-view.ts'
import type { PatroniClient } from '../patroni/patroni-client.ts'
import type { ClusterSecrets } from '../secrets/cluster-secrets.ts'
import { findOtherPasswords, setPasswords } from '../secrets/set-passwords.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import type { Steps } from './steps.ts'

/**
 * Gives PostgreSQL the passwords of the secrets before any host gets files that hold them. The other way round a
 * standby that has to connect anew is refused until the last step, which never comes: the deploy waits for that
 * standby first. A step of its own only when a password differs; none where nobody leads, as in a new cluster, where
 * the roles are made with these passwords later.
 *
 * @throws ClusterError command_failed, host_unreachable
 */
export async function bringPasswordsFirst(input: {
  readonly spec: ClusterSpec
  readonly secrets: ClusterSecrets
  readonly shell: HostShell
  readonly patroni: PatroniClient
  readonly steps: Steps
  readonly signal: AbortSignal
}): Promise<void> {
  const { leader } = await readClusterView(input.patroni, { signal: input.signal })
  if (!leader) return
  const { host } = leader
  const roles = await findOtherPasswords({ ...input, host })
  if (roles.length === 0) return
  await input.steps.take('Set new passwords in PostgreSQL', [host.name], async () => {
    await setPasswords({ ...input, host })
    return { value: null, changedHosts: [host.name], note: roles.join(', ') }
  })
}
