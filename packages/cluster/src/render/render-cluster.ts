import { renderEtcd } from './etcd.ts'
import { renderHaproxy } from './haproxy.ts'
import { renderKeepalived } from './keepalived.ts'
import { renderKernelSettings } from './kernel-settings.ts'
import { renderNftables } from './nftables.ts'
import { renderPatroni } from './patroni.ts'
import { renderPgbackrest } from './pgbackrest.ts'
import { renderPostgresql } from './postgresql.ts'
import { renderEtcdctlProfile } from './etcdctl-profile.ts'
import type { RenderDaemon, RenderInput, RenderedCluster, RenderedFile } from './rendered-file.ts'

/** Every daemon's module. A host gets from each what its roles ask for. */
const daemons: readonly RenderDaemon[] = [
  renderEtcd,
  renderPatroni,
  renderPostgresql,
  renderPgbackrest,
  renderHaproxy,
  renderKeepalived,
  renderNftables,
  renderKernelSettings,
  renderEtcdctlProfile,
]

/**
 * Every file of every host. The same input gives the same bytes: nothing here reads a clock, a disk or randomness, so
 * that a second deploy changes nothing and `diff` shows only what the operator changed.
 *
 * @throws Error when two modules claim one path: a bug of ours
 */
export function renderCluster(input: RenderInput): RenderedCluster {
  return new Map(
    input.spec.hosts.map((host) => {
      const byPath = new Map<string, RenderedFile>()
      for (const file of daemons.flatMap((render) => render(input, host))) {
        if (byPath.has(file.path)) throw new Error(`Two modules render ${file.path} on ${host.name}.`)
        byPath.set(file.path, file)
      }
      return [host.name, [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))]
    }),
  )
}
