import { paths } from '../layout.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths } from './certificate-files.ts'
import { etcdClientUrl } from './etcd-urls.ts'
import { fileHeader } from './file-header.ts'
import type { RenderDaemon } from './rendered-file.ts'

export const shellProfile = `${paths.cluster}/profile.sh`

/** Lets `etcdctl` and `patronictl` find the cluster in a login shell of root or of the daemon's user. */
export const renderShellProfile: RenderDaemon = ({ spec }, host) => {
  const hasPostgresql = host.roles.includes('postgresql')
  if (!hasPostgresql && !host.roles.includes('etcd')) return []
  const at = certificatePaths(hasPostgresql ? 'patroni' : 'etcd')
  const exports = [
    ['ETCDCTL_API', '3'],
    ['ETCDCTL_ENDPOINTS', hostsWith(spec, 'etcd').map(etcdClientUrl).join(',')],
    ['ETCDCTL_CACERT', at.authority],
    ['ETCDCTL_CERT', at.certificate],
    ['ETCDCTL_KEY', at.privateKey],
    ...(hasPostgresql ? [['PATRONICTL_CONFIG_FILE', paths.patroniConfig]] : []),
  ]
  const file = {
    mode: '0644',
    owner: 'root',
    group: 'root',
    secret: false,
    onChange: { do: 'nothing' },
  } as const
  return [
    {
      ...file,
      path: shellProfile,
      content: `${[fileHeader, ...exports.map(([name, value]) => `export ${name}=${value}`)].join('\n')}\n`,
    },
    {
      ...file,
      path: '/etc/profile.d/fleet-cluster.sh',
      content: `${fileHeader}\n[ ! -r ${shellProfile} ] || . ${shellProfile}\n`,
    },
  ]
}
