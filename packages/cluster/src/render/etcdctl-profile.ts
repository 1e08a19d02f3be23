import { hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths } from './certificate-files.ts'
import { etcdClientUrl } from './etcd-urls.ts'
import { fileHeader } from './file-header.ts'
import type { RenderDaemon } from './rendered-file.ts'

/** Lets `etcdctl` find the cluster in a login shell of root or of the daemon's user. */
export const renderEtcdctlProfile: RenderDaemon = ({ spec }, host) => {
  const hasPostgresql = host.roles.includes('postgresql')
  if (!hasPostgresql && !host.roles.includes('etcd')) return []
  const at = certificatePaths(hasPostgresql ? 'patroni' : 'etcd')
  const variables = [
    ['ETCDCTL_API', '3'],
    ['ETCDCTL_ENDPOINTS', hostsWith(spec, 'etcd').map(etcdClientUrl).join(',')],
    ['ETCDCTL_CACERT', at.authority],
    ['ETCDCTL_CERT', at.certificate],
    ['ETCDCTL_KEY', at.privateKey],
  ]
  return [
    {
      path: '/etc/profile.d/fleet-etcdctl.sh',
      content: `${[fileHeader, ...variables.map(([name, value]) => `export ${name}=${value}`)].join('\n')}\n`,
      mode: '0644',
      owner: 'root',
      group: 'root',
      secret: false,
      onChange: { do: 'nothing' },
    },
  ]
}
