import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { arbitraryClusterYml } from '../../testing/arbitrary-cluster-yml.ts'
import { type PlacedFile, withDebianRoot } from '../../testing/debian-root.ts'
import { parseValid, referenceSpec } from '../../testing/reference-spec.ts'
import { issuedInput } from '../../testing/render-sample.ts'
import { paths, ports } from '../layout.ts'
import { type ClusterSpec, type HostRole, hostsWith } from '../spec/cluster-spec.ts'
import { renderCluster } from './render-cluster.ts'
import type { RenderedFile } from './rendered-file.ts'

// Patroni, PostgreSQL and pgBackRest of Debian 13 themselves say whether they take what we render.

const slowMs = 240_000

describe('Patroni', { timeout: slowMs }, () => {
  test('takes its configuration without a word, but for the one it is wrong about', async () => {
    const spec = referenceSpec()
    expect(await validatePatroni(spec, await filesOfFirst(spec, 'postgresql'))).toEqual([quorumComplaint])
    const sync: ClusterSpec = { ...spec, postgresql: { ...spec.postgresql, durability: 'sync' } }
    expect(await validatePatroni(sync, await filesOfFirst(sync, 'postgresql'))).toEqual([])
  })

  test('refuses a configuration that is broken', async () => {
    const spec = referenceSpec()
    const broken = changed(await filesOfFirst(spec, 'postgresql'), paths.patroniConfig, (text) =>
      text.replace('ttl: 20', 'ttl: 19'),
    )
    expect(await validatePatroni(spec, broken)).toContainEqual(expect.stringContaining('ttl'))
  })

  test('reads the same values that we wrote: its parser takes a bare `on` for a boolean', async () => {
    const files = await filesOfFirst(referenceSpec(), 'postgresql')
    const script = `import json, yaml; print(json.dumps(yaml.safe_load(open("${paths.patroniConfig}"))))`
    const read: unknown = JSON.parse(await output(files, `python3 -c '${script}'`))
    expect(read).toEqual(parse(contentOf(files, paths.patroniConfig)))
  })
})

describe('PostgreSQL', { timeout: slowMs }, () => {
  test('starts with the settings and takes every line of pg_hba', async () => {
    const files = await filesOfFirst(referenceSpec(), 'postgresql')
    const { settings, rules } = await startPostgresql(files)
    // pgBackRest takes no backup without: "archive_command must contain pgbackrest".
    expect(settings['archive_command']).toContain('pgbackrest')
    expect(settings).toMatchObject({ ssl: 'on', archive_mode: 'on', wal_sender_timeout: '5s', fsync: 'on' })
    expect(rules).toEqual(patroniConfiguration(files).postgresql.pg_hba.length)
  })

  test('refuses a setting that does not exist, and a line of pg_hba that is none', async () => {
    const files = await filesOfFirst(referenceSpec(), 'postgresql')
    const edit = (from: string, to: string) =>
      changed(files, paths.patroniConfig, (text) => text.replace(from, to))
    await expect(startPostgresql(edit('tcp_user_timeout', 'tcp_loser_timeout'))).rejects.toThrow(
      'tcp_loser_timeout',
    )
    await expect(startPostgresql(edit('local all all reject', 'local all all regret'))).rejects.toThrow(
      'regret',
    )
  })
})

describe('pgBackRest', () => {
  for (const role of ['postgresql', 'backup'] as const)
    test(`takes the configuration of a ${role} host without a word`, async () => {
      const spec = referenceSpec()
      expect(await tryPgbackrest(spec, await filesOfFirst(spec, role), role)).toBe('')
    })

  test('warns of an option that it does not know, and refuses a value that is none', async () => {
    const spec = referenceSpec()
    const files = await filesOfFirst(spec, 'backup')
    const edit = (from: string, to: string) =>
      changed(files, paths.pgbackrestConfig, (text) => text.replace(from, to))
    expect(await tryPgbackrest(spec, edit('start-fast', 'start-faster'), 'backup')).toContain('start-faster')
    await expect(
      tryPgbackrest(spec, edit('compress-type=zst', 'compress-type=zip'), 'backup'),
    ).rejects.toThrow('zip')
  })
})

test(
  'any valid cluster.yml renders what Patroni, PostgreSQL and pgBackRest take',
  { timeout: slowMs },
  async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryClusterYml, async (text) => {
        const spec = parseValid(text)
        const database = await filesOfFirst(spec, 'postgresql')
        const complaints = spec.postgresql.durability === 'quorum' ? [quorumComplaint] : []
        expect(await validatePatroni(spec, database)).toEqual(complaints)
        await startPostgresql(database)
        expect(await tryPgbackrest(spec, database, 'postgresql')).toBe('')
        expect(await tryPgbackrest(spec, await filesOfFirst(spec, 'backup'), 'backup')).toBe('')
      }),
      { numRuns: 3, endOnFailure: true },
    )
  },
)

/** Patroni 4.0's validator does not know the value that its documentation names; the daemon does. */
const quorumComplaint = 'bootstrap.dcs.synchronous_mode quorum is not a boolean'

async function filesOfFirst(spec: ClusterSpec, role: HostRole): Promise<readonly RenderedFile[]> {
  return renderCluster(await issuedInput(spec)).get(hostsWith(spec, role)[0]!.name)!
}

const contentOf = (files: readonly RenderedFile[], path: string): string =>
  files.find((file) => file.path === path)!.content

const changed = (files: readonly RenderedFile[], path: string, edit: (text: string) => string) =>
  files.map((file) => (file.path === path ? { ...file, content: edit(file.content) } : file))

/** Standard output of a script that must succeed. */
async function output(files: readonly PlacedFile[], script: string): Promise<string> {
  const result = await withDebianRoot(files, ['bash', '-euc', script], { timeoutMs: 60_000 })
  if (result.exitCode !== 0) throw new Error(`exit code ${result.exitCode}: ${result.stdout}${result.stderr}`)
  return result.stdout
}

/** Patroni's complaints. It looks whether etcd can be reached, so the root plays all of the hosts. */
async function validatePatroni(
  spec: ClusterSpec,
  files: readonly RenderedFile[],
): Promise<readonly string[]> {
  const addresses = spec.hosts.map(({ address }) => `ip address add ${address}/32 dev lo`)
  const said = await output(
    files,
    `${addresses.join('\n')}
    python3 -c 'import socket, signal; s = socket.create_server(("", ${ports.etcdClient})); signal.pause()' &
    for i in $(seq 100); do ss -Hltn 'sport = ${ports.etcdClient}' | grep --quiet . && break; read -rt 0.1 <> <(:) || true; done
    runuser -u postgres -- patroni --validate-config ${paths.patroniConfig} 2>&1 || true
    kill %1`,
  )
  return said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

interface PatroniFile {
  readonly bootstrap: {
    readonly dcs: { readonly postgresql: { readonly parameters: Record<string, string> } }
  }
  readonly postgresql: {
    readonly bin_dir: string
    readonly parameters: Record<string, string>
    readonly pg_hba: readonly string[]
  }
}
const patroniConfiguration = (files: readonly RenderedFile[]): PatroniFile =>
  parse(contentOf(files, paths.patroniConfig)) as PatroniFile

/**
 * Starts PostgreSQL as Patroni would: with these settings and these lines of pg_hba.
 *
 * @returns what PostgreSQL says of them
 * @throws Error with PostgreSQL's words when it takes one of them not
 */
async function startPostgresql(
  files: readonly RenderedFile[],
): Promise<{ readonly settings: Record<string, string>; readonly rules: number }> {
  const { bootstrap, postgresql } = patroniConfiguration(files)
  const parameters = { ...bootstrap.dcs.postgresql.parameters, ...postgresql.parameters }
  const conf = Object.entries(parameters).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  const owned = { mode: '0600', owner: 'postgres', group: 'postgres' } as const
  const placed: readonly PlacedFile[] = [
    ...files,
    { ...owned, path: '/srv/given.conf', content: `${conf.join('\n')}\n` },
    { ...owned, path: '/srv/given_hba.conf', content: `${postgresql.pg_hba.join('\n')}\n` },
  ]
  // The memory of a big machine is judged as a value, and not taken.
  const said = await output(
    placed,
    `cd /; mkdir -p /run/postgresql; chown postgres: /run/postgresql
    as_postgres() { runuser -u postgres -- "$@"; }
    as_postgres ${postgresql.bin_dir}/initdb --pgdata=/tmp/data --no-sync --encoding=UTF8 >/dev/null
    cp -p /srv/given.conf /tmp/data/postgresql.conf
    cp -p /srv/given_hba.conf /tmp/data/pg_hba.conf
    as_postgres ${postgresql.bin_dir}/postgres -D /tmp/data -C shared_buffers >/dev/null
    as_postgres ${postgresql.bin_dir}/pg_ctl --pgdata=/tmp/data --wait --log=/tmp/log -o '-c shared_buffers=32MB -c huge_pages=off' start >/dev/null || { cat /tmp/log >&2; exit 1; }
    as_postgres psql -XAtq --set=ON_ERROR_STOP=1 <<'SQL'
      SELECT json_build_object(
        'errors', (SELECT coalesce(json_agg(e), '[]') FROM (
          SELECT name || ' = ' || setting || ': ' || error AS text FROM pg_file_settings
            WHERE error IS NOT NULL AND name NOT IN ('shared_buffers', 'huge_pages')
          UNION ALL SELECT 'pg_hba ' || line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL) e),
        'settings', (SELECT json_object_agg(name, current_setting(name)) FROM pg_settings),
        'rules', (SELECT count(*) FROM pg_hba_file_rules));
SQL
    as_postgres ${postgresql.bin_dir}/pg_ctl --pgdata=/tmp/data --wait --mode=immediate stop >/dev/null`,
  )
  const answer = JSON.parse(said) as {
    errors: readonly unknown[]
    settings: Record<string, string>
    rules: number
  }
  if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors))
  return answer
}

/** pgBackRest's exit codes for options: OptionInvalidError, ...ValueError, ...RangeError, OptionRequiredError and their like. */
const optionErrors = { first: 28, last: 39 }

/**
 * pgBackRest's warnings at a command that reads its configuration and then fails, as neither data nor other hosts are there.
 *
 * @throws Error with its words when it is the configuration that it fails at
 */
async function tryPgbackrest(
  spec: ClusterSpec,
  files: readonly RenderedFile[],
  role: 'postgresql' | 'backup',
): Promise<string> {
  const command = {
    postgresql: '--no-archive-async archive-get 000000010000000000000001 /tmp/wal',
    backup: '--db-timeout=1 backup',
  }[role]
  const options = `--stanza=${spec.backup.stanza} --log-level-console=warn --io-timeout=1 --protocol-timeout=2`
  const { exitCode, stdout, stderr } = await withDebianRoot(files, [
    'bash',
    '-c',
    `cd /; runuser -u postgres -- pgbackrest ${options} ${command}`,
  ])
  const said = `${stdout}${stderr}`
  if (exitCode === 0 || (exitCode >= optionErrors.first && exitCode <= optionErrors.last))
    throw new Error(said)
  const warnings = said.split('\n').filter((line) => line.includes('WARN:'))
  return warnings.filter((line) => !line.includes('unable to check pg')).join('\n')
}
