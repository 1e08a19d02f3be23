import { paths } from '../layout.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { isSuperseded } from './archive-scripts.ts'
import { renderIni } from './ini-file.ts'
import type { RenderedFile } from './rendered-file.ts'

export const archiveLeftoversScript = `${paths.scripts}/archive-leftovers`
export const archiveLeftoversTimer = 'fleet-archive-leftovers.timer'

const service = 'fleet-archive-leftovers.service'
/** Made by the unit's StateDirectory. */
const stateDirectory = '/var/lib/fleet-archive'
const root = { owner: 'root', group: 'root', secret: false } as const
const nothing = { do: 'nothing' } as const

/**
 * Pushes WAL that no archiver looks after once the primary has changed, every minute on every PostgreSQL host. Without
 * it the archive has a hole at each failover that met WAL on its way, and restoring to a later moment fails until the
 * next backup; pgBackRest's verify does not tell, as it knows no gap at the end of a timeline.
 *
 * - A node that was primary and is standby now: its archiver is off, and what still waits would be recycled.
 * - A new primary: a standby marks what it streamed as archived, though the old primary may have died before it was.
 */
export function renderArchiveLeftovers(spec: ClusterSpec): readonly RenderedFile[] {
  const restart = { do: 'restart', unit: archiveLeftoversTimer } as const
  const unit = (name: string) => `/etc/systemd/system/${name}`
  return [
    { ...root, path: archiveLeftoversScript, content: script(spec), mode: '0755', onChange: nothing },
    { ...root, path: unit(service), content: serviceUnit, mode: '0644', onChange: nothing },
    { ...root, path: unit(archiveLeftoversTimer), content: timerUnit, mode: '0644', onChange: restart },
  ]
}

const serviceUnit = renderIni([
  { name: 'Unit', entries: [['Description', 'Push WAL that a change of the primary left behind']] },
  {
    name: 'Service',
    entries: [
      ['Type', 'oneshot'],
      ['User', 'postgres'],
      ['Group', 'postgres'],
      ['StateDirectory', 'fleet-archive'],
      ['ExecStart', archiveLeftoversScript],
      ['TimeoutStartSec', '10min'],
      ['Nice', 10],
    ],
  },
])

const timerUnit = renderIni([
  {
    name: 'Unit',
    entries: [['Description', 'Push WAL that a change of the primary left behind, every minute']],
  },
  {
    name: 'Timer',
    entries: [
      ['OnBootSec', '1min'],
      ['OnUnitInactiveSec', '1min'],
      ['AccuracySec', '1s'],
    ],
  },
  { name: 'Install', entries: [['WantedBy', 'timers.target']] },
])

const script = (spec: ClusterSpec): string => `#!/bin/bash
set -euo pipefail
wal=${spec.postgresql.dataDirectory}/pg_wal
done_for=${stateDirectory}/done-for
${isSuperseded.trim()}
ask() { psql --no-psqlrc --quiet --no-align --tuples-only --host=${paths.postgresqlSocket} --dbname=postgres --command="$1"; }
# A file that the repository has already, with the same content, is a success for pgBackRest. One that it refuses does
# not keep the others back; a repository that does not answer is asked again at the next run.
failed=0
push() {
  local code=0
  timeout 60 pgbackrest --stanza=${spec.backup.stanza} --no-archive-async archive-push "$wal/$1" || code=$?
  if [ "$code" = 124 ]; then exit 1; fi
  if is_superseded "$code" "$wal" "$1"; then return 0; fi
  if [ "$code" != 0 ]; then failed=1; fi
  return "$code"
}

if ! in_recovery=$(ask 'SELECT pg_is_in_recovery()' 2>/dev/null); then exit 0; fi
if [ "$in_recovery" = t ]; then
  for mark in "$wal"/archive_status/*.ready; do
    name=$(basename "$mark" .ready)
    if [ ! -e "$wal/$name" ]; then continue; fi
    # Promoted in the meantime, the node's own archiver may have been first.
    if push "$name"; then mv "$mark" "\${mark%.ready}.done" || true; fi
  done
  exit "$failed"
fi

timeline=$(ask 'SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)')
moment="timeline $timeline of $(ask 'SELECT system_identifier FROM pg_control_system()')"
if [ ! -e "$wal/$timeline.history" ]; then exit 0; fi
if [ "$(cat "$done_for" 2>/dev/null)" = "$moment" ]; then exit 0; fi
# Each line: the number of a timeline, and where the next one left it. The segment of that moment belongs to the next.
segments=()
while read -r number switch _; do
  if [[ ! $number =~ ^[0-9]+$ ]]; then continue; fi
  last=$(segment_of "$number" "$(position_of "$switch")")
  for path in "$wal/\${last:0:8}"*; do
    name=$(basename "$path")
    if [[ $name =~ ^[0-9A-F]{24}$ && $name < $last ]]; then segments+=("$name"); fi
  done
done <"$wal/$timeline.history"
if [ "\${#segments[@]}" -gt 64 ]; then segments=("\${segments[@]: -64}"); fi
for name in "\${segments[@]}"; do push "$name" || true; done
if [ "$failed" != 0 ]; then exit 1; fi
echo "$moment" >"$done_for"
`
