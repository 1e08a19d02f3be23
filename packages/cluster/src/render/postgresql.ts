import { paths } from '../layout.ts'
import { renderArchiveScripts } from './archive-scripts.ts'
import { renderCertificateFiles } from './certificate-files.ts'
import type { RenderDaemon } from './rendered-file.ts'
import { renderRolesSql } from './roles-sql.ts'

export const rolesFile = `${paths.cluster}/roles.sql`
export const applyRolesScript = `${paths.scripts}/apply-roles`

/**
 * What PostgreSQL has besides its settings and pg_hba.conf, which Patroni writes from patroni.yml: its certificate, the
 * roles with the script that applies them, and what moves WAL to and from the archive.
 */
export const renderPostgresql: RenderDaemon = (input, host) => {
  if (!host.roles.includes('postgresql')) return []
  return [
    // Patroni hands a reload on to PostgreSQL, which then reads its certificate again.
    ...renderCertificateFiles(input, host, 'postgresql', 'postgres', {
      do: 'reload',
      unit: 'patroni.service',
    }),
    {
      path: rolesFile,
      content: renderRolesSql(input.spec, input.secrets),
      mode: '0600',
      owner: 'postgres',
      group: 'postgres',
      secret: true,
      onChange: { do: 'nothing' },
    },
    {
      path: applyRolesScript,
      content: applyRoles(input.spec.postgresql.database),
      mode: '0755',
      owner: 'root',
      group: 'root',
      secret: false,
      onChange: { do: 'nothing' },
    },
    ...renderArchiveScripts(input.spec),
  ]
}

/**
 * Run as root or postgres on the primary: prints `changed` or `unchanged`, on a standby `standby`. What was applied last is
 * kept as the comment of the database, which follows a failover.
 */
const applyRoles = (database: string): string => `#!/bin/bash
set -euo pipefail
cd /
psql=(psql --no-psqlrc --quiet --no-align --tuples-only --host=${paths.postgresqlSocket} --username=postgres)
if [ "$(id -un)" != postgres ]; then
  psql=(runuser -u postgres -- "\${psql[@]}")
fi
ask() { "\${psql[@]}" --dbname=postgres --set=ON_ERROR_STOP=1 --command="$1"; }

if [ "$(ask 'SELECT pg_is_in_recovery()')" = t ]; then
  echo standby
  exit 0
fi
wanted="Roles of fleet-cluster: $(sha256sum ${rolesFile} | cut -d ' ' -f 1)"
applied=$(ask "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '${database}'")
if [ "$applied" = "$wanted" ]; then
  echo unchanged
  exit 0
fi
"\${psql[@]}" --dbname=postgres --file=${rolesFile} >/dev/null
ask "COMMENT ON DATABASE \\"${database}\\" IS '$wanted'"
echo changed
`
