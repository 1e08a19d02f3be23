import { paths } from '../layout.ts'
import { type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths } from './certificate-files.ts'
import { etcdClientUrl, etcdPeerUrl } from './etcd-urls.ts'
import { fileHeader } from './file-header.ts'
import type { RenderedFile, RenderInput } from './rendered-file.ts'

/** Run before every start of etcd, as etcd's user, with the path of the configuration to write. */
export const etcdRejoinScript = `${paths.scripts}/etcd-rejoin`

/**
 * Lets a member whose disk was replaced come back by itself. etcd refuses to start it as new ("has already been
 * bootstrapped"), rightly: it has forgotten its votes. It must leave the cluster and join it as another member.
 */
export function renderEtcdRejoin(input: RenderInput, host: HostSpec): RenderedFile {
  return {
    path: etcdRejoinScript,
    content: renderScript(input, host),
    mode: '0755',
    owner: 'root',
    group: 'root',
    secret: false,
    // It matters only when etcd starts without data.
    onChange: { do: 'nothing' },
  }
}

function renderScript({ spec }: RenderInput, host: HostSpec): string {
  const at = certificatePaths('etcd')
  const others = hostsWith(spec, 'etcd').filter(({ name }) => name !== host.name)
  return `#!/bin/bash
${fileHeader}
#
# Writes etcd's configuration for this start: as it is, unless this member has no data while the others have a cluster
# that it was in. Then it leaves that cluster and joins it anew.
set -euo pipefail

config=$1
name=${host.name}
peer=${etcdPeerUrl(host)}
others=(${others.map(etcdClientUrl).join(' ')})

ask() {
  curl --silent --fail --max-time 3 --cacert ${at.authority} --cert ${at.certificate} --key ${at.privateKey} "$@"
}

cp ${paths.etcdConfig} "$config"
[[ -d ${paths.etcdData}/member ]] && exit 0

for other in "\${others[@]}"; do
  # Answered only with a quorum. In a cluster that just begins there is none, or we are in it and have never run.
  members=$(ask --data '{}' "$other/v3/cluster/member/list") || continue
  ours=$(jq --compact-output --arg peer "$peer" '[.members[] | select((.peerURLs // []) | index($peer))][0]' <<<"$members")
  if [[ $(jq --raw-output '(.name // "") != "" and ((.clientURLs // []) | length) == 0' <<<"$ours") == true ]]; then
    exit 0
  fi
  if [[ $(jq --raw-output '((.clientURLs // []) | length) > 0' <<<"$ours") == true ]]; then
    id=$(jq --raw-output .ID <<<"$ours")
    echo "<4>The others know $name as member $id, and its data is gone here: it leaves and joins anew."
    ask --output /dev/null --data "{\\"ID\\":\\"$id\\"}" "$other/v3/cluster/member/remove"
    ours=null
  fi
  if [[ $ours == null ]]; then
    ask --output /dev/null --data "{\\"peerURLs\\":[\\"$peer\\"]}" "$other/v3/cluster/member/add"
    members=$(ask --data '{}' "$other/v3/cluster/member/list")
  fi
  cluster=$(jq --raw-output --arg peer "$peer" --arg name "$name" \\
    '[.members[] | (if (.peerURLs | index($peer)) then $name else .name end) as $member | .peerURLs[] | "\\($member)=\\(.)"] | join(",")' <<<"$members")
  sed --in-place \\
    --expression "s|^initial-cluster: .*|initial-cluster: $cluster|" \\
    --expression 's|^initial-cluster-state: .*|initial-cluster-state: existing|' "$config"
  exit 0
done
`
}
