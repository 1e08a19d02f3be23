import { paths } from '../layout.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { RenderedFile } from './rendered-file.ts'

const script = `${paths.scripts}/restore-wal`

/** PostgreSQL's restore_command. */
export const restoreCommand = `${script} %f "%p"`

/**
 * PostgreSQL asks the archive on every promotion, up to four times, while clients wait: for the segment that it has just
 * streamed, for the history of its own timeline, and for that of the next. Only the last can be news: a timeline number
 * that another node took must not be taken twice. The rest is answered here, and a repository whose host lost its power
 * holds up a failover by 2 s instead of by pgBackRest's minutes.
 *
 * A segment that stopped growing is asked for: then the primary has removed it, and only the archive has the rest.
 */
export const renderRestoreWal = (spec: ClusterSpec): RenderedFile => ({
  path: script,
  content: `#!/bin/bash
# 1, and 124 of a timeout, tell PostgreSQL that the archive does not have it; it then streams, or promotes.
set -euo pipefail
name=$1 target=$2
case $name in
  *.history)
    if [ -e "pg_wal/$name" ]; then exit 1; fi
    limit=2
    ;;
  *)
    if [ -n "$(find "pg_wal/$name" -newermt '-30 seconds' 2>/dev/null)" ]; then exit 1; fi
    limit=10
    ;;
esac
exec timeout "$limit" pgbackrest --stanza=${spec.backup.stanza} archive-get "$name" "$target"
`,
  mode: '0755',
  owner: 'root',
  group: 'root',
  secret: false,
  onChange: { do: 'nothing' },
})
