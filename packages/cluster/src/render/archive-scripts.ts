import { paths } from '../layout.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { RenderedFile } from './rendered-file.ts'

/**
 * PostgreSQL's archive_command and restore_command: these scripts, with what PostgreSQL fills in. `pgbackrest check` wants
 * its own name somewhere in archive_command.
 */
export const archiveScripts = {
  push: `${paths.scripts}/pgbackrest-push-wal`,
  get: `${paths.scripts}/pgbackrest-get-wal`,
} as const

/** Its time says when the repository last did not answer in time. */
const awayMark = `${paths.postgresqlSocket}/repository-away`
const awayS = 20
const isAway = `[ -n "$(find ${awayMark} -newermt '-${awayS} seconds' 2>/dev/null)" ]`
/** pgBackRest's exit code when a segment did not get to the repository within archive-timeout. */
const archiveTimeoutError = 82
/** And when the repository has another content under the segment's name. */
const archiveDuplicateError = 45

/**
 * Bash: whether pgBackRest's refusal of a segment is in order, because the timeline had ended in it or before. Every node
 * that streamed such a segment has a file of it with another end, and sooner or later one that has become the primary
 * offers its own: PostgreSQL marks the file as archived only when the old primary said goodbye in good order. The next
 * timeline has its own copy of all that counts. Refused for good, it would hold up the whole archive behind it.
 *
 * A timeline that ended with a segment, not in it, is no different: behind the last record, which told to go on in the
 * next segment, a standby that was promoted has what its file held before, where the old primary has zeros.
 */
export const isSuperseded = `
is_superseded() {
  local code=$1 wal=$2 name=\${3##*/} history number switch
  name=\${name%.partial}
  if [ "$code" != ${archiveDuplicateError} ] || [[ ! $name =~ ^[0-9A-F]{24}$ ]]; then return 1; fi
  history=$(find "$wal" -maxdepth 1 -name '*.history' | sort | tail --lines=1)
  if [ -z "$history" ]; then return 1; fi
  while read -r number switch _; do
    if [[ ! $number =~ ^[0-9]+$ ]] || [ "$(printf '%08X' "$number")" != "\${name:0:8}" ]; then continue; fi
    if [[ ! $name < $(segment_of "$number" $(($(position_of "$switch") - 1))) ]]; then return 0; fi
  done <"$history"
  return 1
}
# The byte that such as 0/1A2B3C4D names.
position_of() { echo $(((16#\${1%/*} << 32) + 16#\${1#*/})); }
# The segment of 16 MB, initdb's default, in which a timeline (decimal) has a byte.
segment_of() { printf '%08X%08X%08X' "$1" $(($2 >> 32)) $((($2 & 0xFFFFFFFF) >> 24)); }
`

/**
 * Both keep a repository that is silently away from holding up failovers: measured without them, 10 s of write gap. What
 * is left are 2 s for each look for a new timeline.
 */
export function renderArchiveScripts(spec: ClusterSpec): readonly RenderedFile[] {
  const pgbackrest = `pgbackrest --stanza=${spec.backup.stanza}`
  return [
    script(archiveScripts.push, archiveWal(pgbackrest)),
    script(archiveScripts.get, restoreWal(pgbackrest)),
  ]
}

/**
 * Before pg_rewind, Patroni pushes every segment that waits, one by one, before the node may rejoin. It names them by
 * absolute paths, PostgreSQL by relative ones.
 */
const archiveWal = (pgbackrest: string): string => `${isSuperseded}
segment=$1
if [[ $segment = /* ]] && ${isAway}; then
  echo "the repository is away: $segment waits until this node has rejoined" >&2
  exit 1
fi
code=0
${pgbackrest} archive-push "$segment" || code=$?
if [ "$code" = ${archiveTimeoutError} ]; then touch ${awayMark}; fi
if is_superseded "$code" "$(dirname "$segment")" "$segment"; then exit 0; fi
exit "$code"
`

/**
 * PostgreSQL asks the archive up to four times while clients wait for a promotion, and standbys do before they follow:
 * for the segment just streamed, for the history of a timeline that is known, and for that of the next. Only the last can
 * be news: a timeline number that another node took must not be taken twice. The rest is answered here.
 *
 * A segment that stopped growing is asked for: then the primary has removed it, and only the archive has the rest.
 * Where fetching takes longer than asking may, pgBackRest goes on in the background and has it at a later try. A history
 * is asked for also while the repository is away, for it may be back.
 */
const restoreWal = (pgbackrest: string): string => `
# Any answer from 1 to 125 tells PostgreSQL that the archive does not have it: it then streams, or promotes.
name=$1 target=$2
case $name in
  *.history) if [ -e "pg_wal/$name" ]; then exit 1; fi ;;
  *)
    if [ -n "$(find "pg_wal/$name" -newermt '-30 seconds' 2>/dev/null)" ]; then exit 1; fi
    if ${isAway}; then exit 1; fi
    ;;
esac
code=0
timeout 2 ${pgbackrest} archive-get "$name" "$target" || code=$?
if [ "$code" = 124 ]; then touch ${awayMark}; fi
exit "$code"
`

const script = (path: string, body: string): RenderedFile => ({
  path,
  content: `#!/bin/bash\nset -euo pipefail\n${body.trimStart()}`,
  mode: '0755',
  owner: 'root',
  group: 'root',
  secret: false,
  onChange: { do: 'nothing' },
})
