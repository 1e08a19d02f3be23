import { beforeAll, describe, expect, test } from 'vitest'
import { withDebianRoot } from '../../testing/debian-root.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { sampleInput, sampleSecrets } from '../../testing/render-sample.ts'
import { hostsWith } from '../spec/cluster-spec.ts'
import { renderPasswordQuery, renderPasswordSql } from '../secrets/password-sql.ts'
import { applyRolesScript, renderPostgresql, rolesFile } from './postgresql.ts'

// On a real PostgreSQL 17, with the script that the deploy runs.

const spec = referenceSpec()
const input = sampleInput(spec)
const files = renderPostgresql(input, hostsWith(spec, 'postgresql')[0]!)
const bin = `/usr/lib/postgresql/${spec.postgresql.version}/bin`

const otherSecrets = { ...sampleSecrets, app: 'other-app-password', replication: 'other-password' }

/** Each line is one step; its standard output and error, and its exit code when it failed, are its answer. */
const steps = {
  first: applyRolesScript,
  second: applyRolesScript,
  afterChange: `echo '-- changed' >>${rolesFile} && ${applyRolesScript}`,
  log: `grep --quiet 'statement: .*pg_is_in_recovery' /tmp/log && ! grep -E 'SCRAM-SHA|-password' /tmp/log`,
  roles: psql(
    'postgres',
    `SELECT rolname || ' ' || rolsuper || ' ' || rolcreatedb || ' ' || rolcreaterole || ' ' || rolreplication || ' ' || rolbypassrls
    FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname`,
  ),
  appSignsIn: signIn('fleet_app', sampleSecrets.app, 'SELECT current_user'),
  wrongPassword: signIn('fleet_app', sampleSecrets.monitor, 'SELECT 1'),
  appOwnsItsSchema: signIn(
    'fleet_app',
    sampleSecrets.app,
    'CREATE TABLE own (id int); SELECT count(*) FROM own',
  ),
  appHasNoDatabase: signIn('fleet_app', sampleSecrets.app, 'ALTER DATABASE bike_fleet RENAME TO mine'),
  appMakesNoDatabase: signIn('fleet_app', sampleSecrets.app, 'CREATE DATABASE other'),
  appMakesNoSchema: signIn('fleet_app', sampleSecrets.app, 'CREATE SCHEMA other'),
  appMakesNoRole: signIn('fleet_app', sampleSecrets.app, 'CREATE ROLE other'),
  appReadsNoFile: signIn('fleet_app', sampleSecrets.app, `SELECT pg_read_file('PG_VERSION')`),
  appSeesNoOtherDatabase: signIn('fleet_app', sampleSecrets.app, 'SELECT 1', 'postgres'),
  appFindsTrigrams: signIn('fleet_app', sampleSecrets.app, 'CREATE EXTENSION IF NOT EXISTS pg_trgm'),
  monitorSeesStatistics: signIn(
    'fleet_monitor',
    sampleSecrets.monitor,
    'SELECT count(*) > 0 FROM pg_stat_activity WHERE query IS NOT NULL',
  ),
  monitorReadsNoRow: signIn('fleet_monitor', sampleSecrets.monitor, 'SELECT * FROM own'),
  rewinderReadsFiles: signIn(
    'rewinder',
    sampleSecrets.rewind,
    `SELECT length(pg_read_binary_file('PG_VERSION')) > 0`,
    'postgres',
  ),
  rewinderReadsNoRow: signIn('rewinder', sampleSecrets.rewind, 'SELECT * FROM pg_authid', 'postgres'),
  superuserSignsIn: signIn('postgres', sampleSecrets.superuser, 'SELECT current_user', 'postgres'),
  replicatorReplicates: signIn(
    'replicator',
    sampleSecrets.replication,
    'IDENTIFY_SYSTEM',
    'postgres replication=true',
  ),
  knownPasswords: passwordSql(renderPasswordQuery(spec, sampleSecrets)),
  otherPasswords: passwordSql(renderPasswordQuery(spec, otherSecrets)),
  settingPasswords: passwordSql(renderPasswordSql(spec, otherSecrets)),
  setPasswords: passwordSql(renderPasswordQuery(spec, otherSecrets)),
  newPasswordSignsIn: signIn('fleet_app', otherSecrets.app, 'SELECT current_user'),
  // A cluster whose first deploy died before its roles were made.
  passwordOfNoRole:
    passwordSql('ALTER ROLE fleet_monitor RENAME TO nobody;') +
    ' && ' +
    passwordSql(renderPasswordSql(spec, sampleSecrets)),
  logAtLast: `! grep -E 'SCRAM-SHA|-password' /tmp/log`,
  onStandby: `touch /tmp/data/standby.signal && runuser -u postgres -- ${bin}/pg_ctl --pgdata=/tmp/data --wait --mode=fast --log=/tmp/log restart >/dev/null && ${applyRolesScript}`,
}

function psql(database: string, sql: string): string {
  return `runuser -u postgres -- psql -XAtq --dbname=${database} --command="${sql}"`
}
function passwordSql(sql: string): string {
  return `printf %s '${Buffer.from(sql).toString('base64')}' | base64 -d | runuser -u postgres -- psql -XAtq --dbname=postgres --file=-`
}
function signIn(role: string, password: string, sql: string, database = spec.postgresql.database): string {
  return `PGPASSWORD='${password}' psql -XAtq "host=127.0.0.1 user=${role} dbname=${database} require_auth=scram-sha-256" --command="${sql}"`
}

describe('the roles on a real PostgreSQL', () => {
  let answers: Record<keyof typeof steps, string>
  beforeAll(async () => {
    const each = Object.entries(steps).map(
      ([name, step]) => `echo "<${name}>"; { ${step}; } 2>&1 || echo "exit code $?"`,
    )
    const { stdout, stderr, exitCode } = await withDebianRoot(
      files,
      [
        'bash',
        '-uc',
        `cd /; mkdir -p /run/postgresql; chown postgres: /run/postgresql; set -e
        runuser -u postgres -- ${bin}/initdb --pgdata=/tmp/data --no-sync --auth-local=peer --auth-host=scram-sha-256 >/dev/null
        echo 'host replication all 127.0.0.1/32 scram-sha-256' >>/tmp/data/pg_hba.conf
        runuser -u postgres -- ${bin}/pg_ctl --pgdata=/tmp/data --wait --log=/tmp/log -o '-c log_statement=all -c log_min_duration_statement=0' start >/dev/null
        set +e
        ${each.join('\n')}
        runuser -u postgres -- ${bin}/pg_ctl --pgdata=/tmp/data --wait --mode=immediate stop >/dev/null`,
      ],
      { timeoutMs: 60_000 },
    )
    if (exitCode !== 0) throw new Error(`${stdout}${stderr}`)
    const parts = stdout.split(/^<(\w+)>\n/m).slice(1)
    answers = Object.fromEntries(
      parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1]!.trim()]] : [])),
    ) as typeof answers
  })

  test('are applied once, and again when the file changed', () => {
    expect([answers.first, answers.second, answers.afterChange]).toEqual(['changed', 'unchanged', 'changed'])
  })

  test('are left to the primary by a standby', () => {
    expect(answers.onStandby).toBe('standby')
  })

  test('leave neither password nor verifier in the log', () => {
    expect(answers.log).toBe('')
  })

  test('have no rights over the cluster but what they are for', () => {
    expect(answers.roles.split('\n')).toEqual([
      'fleet_app false false false false false',
      'fleet_monitor false false false false false',
      'postgres true true true true true',
      'replicator false false false true false',
      'rewinder false false false false false',
    ])
  })

  test('sign in with the password that the server has only a verifier of', () => {
    expect(answers.appSignsIn).toBe('fleet_app')
    expect(answers.superuserSignsIn).toBe('postgres')
    expect(answers.replicatorReplicates).toMatch(/^\d+\|1\|/)
    expect(answers.wrongPassword).toContain('password authentication failed')
  })

  test('get the passwords of the secrets where they have others, and are left alone where they have not', () => {
    expect(answers.knownPasswords).toBe('')
    expect(answers.otherPasswords.split('\n')).toEqual(['fleet_app', 'replicator'])
    expect([answers.settingPasswords, answers.setPasswords]).toEqual(['', ''])
    expect(answers.newPasswordSignsIn).toBe('fleet_app')
    expect(answers.passwordOfNoRole).toBe('')
    expect(answers.logAtLast).toBe('')
  })

  test('let the application own its schema and nothing else', () => {
    expect(answers.appOwnsItsSchema).toBe('0')
    expect(answers.appFindsTrigrams).toContain('already exists')
    expect(answers.appHasNoDatabase).toContain('must be owner of database')
    for (const step of [
      'appMakesNoDatabase',
      'appMakesNoSchema',
      'appMakesNoRole',
      'appReadsNoFile',
    ] as const)
      expect(answers[step]).toContain('permission denied')
    expect(answers.appSeesNoOtherDatabase).toContain('permission denied for database')
  })

  test('let the monitor see statistics and no data', () => {
    expect(answers.monitorSeesStatistics).toBe('t')
    expect(answers.monitorReadsNoRow).toContain('exit code')
  })

  test('let pg_rewind read files and no data', () => {
    expect(answers.rewinderReadsFiles).toBe('t')
    expect(answers.rewinderReadsNoRow).toContain('permission denied')
  })
})
