import { paths, ports } from '../layout.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths } from './certificate-files.ts'
import { fileHeader } from './file-header.ts'
import { renderIni } from './ini-file.ts'
import type { RenderDaemon } from './rendered-file.ts'

export const haproxyCheckScript = `${paths.scripts}/haproxy-check`
const checkIntervalS = 1
/** Passes in a row after which the host may have the address. */
const checkRise = 2
/** From keepalived's start until its check has passed so often. */
export const checkSettlesS = checkIntervalS * (checkRise + 2)

/** Seconds. Another takes the address after three without a word and up to one more by priority: about 1.0-1.2 s. */
const advertIntervalS = 0.3
const highestPriority = 200
const priorityStep = 10

/** keepalived on the HAProxy hosts: who of them has the virtual address. */
export const renderKeepalived: RenderDaemon = ({ spec }, host) => {
  if (!host.roles.includes('haproxy')) return []
  const file = { owner: 'root', group: 'root', secret: false } as const
  return [
    {
      ...file,
      path: paths.keepalivedConfig,
      content: renderConfig(spec, host),
      mode: '0644',
      onChange: { do: 'reload', unit: 'keepalived' },
    },
    {
      ...file,
      path: haproxyCheckScript,
      content: renderCheck(spec, host),
      mode: '0755',
      onChange: { do: 'nothing' },
    },
    {
      ...file,
      path: '/etc/systemd/system/keepalived.service.d/fleet.conf',
      content: dropIn,
      mode: '0644',
      onChange: { do: 'restart', unit: 'keepalived' },
    },
  ]
}

function renderConfig(spec: ClusterSpec, host: HostSpec): string {
  const all = hostsWith(spec, 'haproxy')
  const peers = all.filter(({ name }) => name !== host.name)
  const priority = highestPriority - priorityStep * all.findIndex(({ name }) => name === host.name)
  // keepalived wants every host to have begun as BACKUP for nopreempt: a host that comes back does not take the
  // address again, which would cut every connection a second time.
  return `${fileHeader}

global_defs {
    router_id ${host.name}
    vrrp_version 3
    script_user nobody
    enable_script_security
    # A busy machine must not miss its own adverts, nor wait for its memory.
    vrrp_priority -20
    vrrp_no_swap
    # Real-time priority, once it was late.
    max_auto_priority 50
}

vrrp_script haproxy {
    script "${haproxyCheckScript}"
    interval ${checkIntervalS}
    timeout 3
    fall 2
    rise ${checkRise}
    # A host that starts has to show first that it works.
    init_fail
}

vrrp_instance virtual_address {
    state BACKUP
    nopreempt
    interface ${spec.network.interface}
    virtual_router_id ${spec.network.virtualRouterId}
    priority ${priority}
    advert_int ${advertIntervalS}

    # Unicast works where switches and clouds drop multicast; the firewall lets VRRP in from these hosts only, as
    # VRRP 3 has no passwords.
    unicast_src_ip ${host.address}
    unicast_peer {
${peers.map(({ address }) => `        ${address}`).join('\n')}
    }
    check_unicast_src

    # Switches and neighbours that missed the first announcement learn within seconds where the address is.
    garp_master_repeat 3
    garp_master_delay 1
    garp_master_refresh 10

    virtual_ipaddress {
        ${spec.network.vip}/32 dev ${spec.network.interface}
    }

    track_script {
        haproxy
    }
}
`
}

// In bash alone while all is well: it runs every second.
function renderCheck(spec: ClusterSpec, host: HostSpec): string {
  const peers = hostsWith(spec, 'haproxy').filter(({ name }) => name !== host.name)
  return `#!/bin/bash
${fileHeader}
#
# Whether this host may have the virtual address: its HAProxy answers, and knows the primary or at least is not the
# only one that does not. keepalived runs it every second.
set -uo pipefail

peers=(${peers.map(({ address }) => `https://${address}:${ports.haproxyStats}/primary`).join(' ')})

exec 3<>/dev/tcp/127.0.0.1/${ports.haproxyAlive} || exit 1
printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3
IFS= read -r -t 1 line <&3 || exit 1
[[ $line == 'HTTP/1.'?' 200 '* ]] && exit 0

# No primary here. Without one anywhere the address stays where it is; with one that only another HAProxy reaches,
# this host is cut off from the databases and gives the address up.
for peer in "\${peers[@]}"; do
  code=$(curl --silent --max-time 1 --cacert ${certificatePaths('haproxy').authority} --output /dev/null --write-out '%{http_code}' "$peer")
  [[ $code == 200 ]] && exit 1
done
exit 0
`
}

const dropIn = renderIni([
  { name: 'Unit', entries: [['StartLimitIntervalSec', 0]] },
  {
    name: 'Service',
    entries: [
      // Debian's unit leaves a keepalived that died dead, with the address still on the host.
      ['Restart', 'always'],
      ['RestartSec', '200ms'],
      ['OOMScoreAdjust', -900],
    ],
  },
])
