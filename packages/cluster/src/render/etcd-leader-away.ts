import { paths, ports } from '../layout.ts'
import { type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths } from './certificate-files.ts'
import { etcdClientUrl } from './etcd-urls.ts'
import { fileHeader } from './file-header.ts'
import { renderIni } from './ini-file.ts'
import type { RenderedFile, RenderInput } from './rendered-file.ts'

/** Also Patroni's `on_role_change` callback: it takes Patroni's three words. */
export const etcdLeaderAwayScript = `${paths.scripts}/etcd-leader-away`
const etcdLeaderAwayTimer = 'etcd-leader-away.timer'

/**
 * Keeps etcd's leader off the primary's host, where both share one: a new etcd leader gives every lease its whole time
 * again, so losing both at once would cost two timeouts instead of one.
 *
 * @returns nothing for a host that has only one of the two
 */
export function renderEtcdLeaderAway(input: RenderInput, host: HostSpec): readonly RenderedFile[] {
  if (!host.roles.includes('etcd') || !host.roles.includes('postgresql')) return []
  const file = { owner: 'root', group: 'root', secret: false } as const
  const timer = { do: 'restart', unit: etcdLeaderAwayTimer } as const
  return [
    {
      ...file,
      path: etcdLeaderAwayScript,
      content: renderScript(input, host),
      mode: '0755',
      onChange: { do: 'nothing' },
    },
    {
      ...file,
      path: '/etc/systemd/system/etcd-leader-away.service',
      content: service,
      mode: '0644',
      onChange: { do: 'nothing' },
    },
    {
      ...file,
      path: `/etc/systemd/system/${etcdLeaderAwayTimer}`,
      content: timerUnit,
      mode: '0644',
      onChange: timer,
    },
  ]
}

// curl on etcd's JSON gateway: a third of the time that etcdctl takes to start, and this runs every few seconds.
function renderScript({ spec }: RenderInput, host: HostSpec): string {
  const at = certificatePaths('patroni')
  const others = hostsWith(spec, 'etcd').filter(({ name }) => name !== host.name)
  return `#!/bin/bash
${fileHeader}
#
# Hands etcd's leadership to another member when this host has both etcd's leader and the primary.
# Run by a timer without arguments, and by Patroni as on_role_change: ACTION ROLE SCOPE. Ends within some seconds
# whatever hangs, and does nothing whenever anything is unclear: the timer comes again.
set -uo pipefail

etcd=${etcdClientUrl(host)}
others=(${others.map(etcdClientUrl).join(' ')})

ask() {
  curl --silent --max-time 1 --cacert ${at.authority} --cert ${at.certificate} --key ${at.privateKey} "$@"
}

# A 64-bit number of etcd's JSON, which writes them as strings and leaves out zeros: no leader is no "leader".
number() {
  [[ $2 =~ \\"$1\\":\\"([0-9]+)\\" ]] && printf '%s' "\${BASH_REMATCH[1]}"
}

if (($# >= 2)); then
  [[ $2 == primary || $2 == master ]] || exit 0
else
  code=$(ask --output /dev/null --write-out '%{http_code}' --request OPTIONS https://${host.address}:${ports.patroni}/primary)
  [[ $code == 200 ]] || exit 0
fi

status=$(ask --fail --data '{}' "$etcd/v3/maintenance/status") || exit 0
self=$(number member_id "$status") || exit 0
leader=$(number leader "$status") || exit 0
[[ $self == "$leader" ]] || exit 0

for other in "\${others[@]}"; do
  # A member that answers and follows us takes over within a heartbeat. To one that is gone the leader would wait an
  # election timeout long, and refuse every write meanwhile.
  status=$(ask --fail --data '{}' "$other/v3/maintenance/status") || continue
  [[ $(number leader "$status") == "$self" ]] || continue
  target=$(number member_id "$status") || continue
  if ask --fail --output /dev/null --data "{\\"targetID\\":\\"$target\\"}" "$etcd/v3/maintenance/transfer-leadership"; then
    # <5> is the journal's notice.
    echo "<5>This host has the primary, so etcd's leadership went to $other."
    exit 0
  fi
  echo "<4>This host has the primary and etcd's leader; $other did not take the leadership."
done
exit 0
`
}

const service = renderIni([
  { name: 'Unit', entries: [['Description', "Keep etcd's leader off the primary's host"]] },
  {
    name: 'Service',
    entries: [
      ['Type', 'oneshot'],
      // Patroni's user: its certificate opens etcd, so nobody else needs to read etcd's key.
      ['User', 'postgres'],
      ['ExecStart', etcdLeaderAwayScript],
      ['TimeoutStartSec', 10],
      ['NoNewPrivileges', 'yes'],
      // systemd's own "Starting" and "Finished" every few seconds would bury the rest of the journal.
      ['LogLevelMax', 'notice'],
    ],
  },
])

const timerUnit = renderIni([
  { name: 'Unit', entries: [['Description', "Look every few seconds where etcd's leader is"]] },
  {
    name: 'Timer',
    entries: [
      ['OnActiveSec', '5s'],
      ['OnUnitInactiveSec', '5s'],
      ['AccuracySec', '100ms'],
    ],
  },
  { name: 'Install', entries: [['WantedBy', 'timers.target']] },
])
