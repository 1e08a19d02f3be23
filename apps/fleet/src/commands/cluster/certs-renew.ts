import type { ClusterSpec } from '@fleet/cluster'
import { AppError } from '@fleet/domain'
import { withDeployProgress } from '../../cluster/deploy-progress.ts'
import { clusterOptions, withCluster } from '../../cluster/open-cluster.ts'
import { defineCommand } from '../../command.ts'

export const clusterCertsRenew = defineCommand({
  name: 'renew',
  summary: 'Issue certificates anew, with new keys, on a cluster that goes on working',
  description:
    'Without names: all but the authority, whose key stays. Deploy renews by itself what is about to expire; this is for\n' +
    'when somebody may have read a key. Every daemon reads its new certificate without a restart, and both the old and the\n' +
    'new ones are believed, so that the order does not matter. HAProxy is reloaded for its own, one host at a time: what is\n' +
    'connected through it is cut off once, half a minute later, and connects anew. Stopped or dead midway: fleet cluster\n' +
    'deploy goes on.\n' +
    'An old certificate is believed until it expires: there is no list of revoked ones.',
  options: clusterOptions,
  positionals: [
    {
      name: 'names',
      summary: 'Certificates (pg-node-1/etcd) or hosts (pg-node-1), with commas between',
      required: false,
    },
  ],
  examples: [
    { line: 'fleet cluster certs renew', says: 'All of them' },
    { line: 'fleet cluster certs renew pg-node-2,operator', says: "One host's, and this machine's" },
  ],
  run: ({ options, positionals }, world) =>
    withCluster(world, options, 'identity', async (cluster) => {
      const { certificatesOf, deployCluster, ensurePki } = await import('@fleet/cluster')
      const all = certificatesOf(cluster.spec).map(({ name }) => name)
      const renew = readNames(positionals.names, cluster.spec, all)
      const pki = await ensurePki(cluster.home, cluster.spec, world.now(), { renew })
      const stopped = 'Stopped. The new certificates are here; fleet cluster deploy brings them to the hosts.'
      const deployed = await withDeployProgress(world, stopped, (run) =>
        deployCluster({ ...cluster, pki, ...run }),
      )
      return {
        data: { issued: pki.issued, deployed },
        text: `Issued ${pki.issued.length} certificates; the hosts have them. Renew your copy of ${cluster.home.pkiDirectory}.`,
      }
    }),
})

/** @throws AppError usage for a name that is neither a certificate nor a host */
function readNames(text: string | null, spec: ClusterSpec, all: readonly string[]): readonly string[] {
  const words = (text ?? '').split(',').filter((word) => word !== '')
  if (words.length === 0) return all
  return words.flatMap((word) => {
    const meant = all.filter((name) => name === word || name.startsWith(`${word}/`))
    if (meant.length === 0)
      throw new AppError('usage', `There is no certificate and no host "${word}".`, {
        fix: `Hosts: ${spec.hosts.map(({ name }) => name).join(', ')}. Certificates: fleet cluster certs list.`,
      })
    return meant
  })
}
