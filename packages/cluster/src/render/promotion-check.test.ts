import { beforeAll, expect, test } from 'vitest'
import { type PlacedFile, withDebianRoot } from '../../testing/debian-root.ts'
import { referenceSpec } from '../../testing/reference-spec.ts'
import { issuedInput } from '../../testing/render-sample.ts'
import { postgresqlPrograms } from '../layout.ts'
import { certificateName } from '../pki/cluster-pki.ts'
import { type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths } from './certificate-files.ts'
import { etcdClientUrl } from './etcd-urls.ts'
import { renderPatroni } from './patroni.ts'
import { promoteAnywayFile, promotionCheckScript } from './promotion-check.ts'
import type { RenderInput } from './rendered-file.ts'

// The script with a real etcd and three real PostgreSQL: n1 was the primary and is gone, n2 and n3 are its standbys.

const spec = referenceSpec()
const nodes = hostsWith(spec, 'postgresql')
const [n1, n2, n3] = nodes as [HostSpec, HostSpec, HostSpec]

let input: RenderInput
beforeAll(async () => {
  input = await issuedInput(spec)
})

/** What n3 has, where it has it, and below /srv what belongs to others. */
function files(): readonly PlacedFile[] {
  const certificate = (host: HostSpec, daemon: 'postgresql' | 'etcd', owner: string): PlacedFile[] => {
    const issued = input.pki.certificate(certificateName(host.name, daemon))
    const file = { owner, group: owner, mode: '0600' } as const
    return [
      { ...file, path: `/srv/${daemon}-${host.name}.crt`, content: issued.certificatePem },
      { ...file, path: `/srv/${daemon}-${host.name}.key`, content: issued.privateKeyPem },
    ]
  }
  const check = (host: HostSpec): PlacedFile => ({
    ...renderPatroni(input, host).find(({ path }) => path === promotionCheckScript)!,
    path: `/srv/check-${host.name}`,
  })
  const authority = { content: input.pki.authorityPem, mode: '0644', owner: 'root', group: 'root' } as const
  return [
    ...renderPatroni(input, n3),
    { ...authority, path: certificatePaths('postgresql').authority },
    { ...authority, path: '/srv/ca.crt' },
    ...nodes.flatMap((host) => [check(host), ...certificate(host, 'postgresql', 'postgres')]),
    ...certificate(n3, 'etcd', 'root'),
  ]
}

// Not durable: the machine does not fail here, only what it runs is ended.
const setUp = `
set -euo pipefail
bin=${postgresqlPrograms(spec.postgresql.version)}
${nodes.map(({ address }) => `ip address add ${address}/32 dev lo`).join('\n')}
install -d -o postgres /run/postgresql /run/pg-node-{1,2,3} /data
as() { runuser -u postgres -- "$@"; }
sql() { as psql -XAtq -h /run/$1 -c "$2" postgres; }
until_is() { for i in $(seq 600); do [[ $(sql $1 "$2" 2>/dev/null) == "$3" ]] && return; sleep 0.05; done; echo "in vain: $2" >&2; exit 1; }
configure() {
  cat >>/data/$1/postgresql.conf <<END
fsync = off
listen_addresses = '$2'
unix_socket_directories = '/run/$1'
ssl = on
ssl_cert_file = '/srv/postgresql-$1.crt'
ssl_key_file = '/srv/postgresql-$1.key'
shared_buffers = 16MB
wal_retrieve_retry_interval = 1s
END
}
start() { as $bin/pg_ctl -s -D /data/$1 -l /tmp/$1.log \${2:-} start >&2; }

as $bin/initdb -N -D /data/pg-node-1 -A trust >/dev/null
echo 'hostssl all postgres 0.0.0.0/0 scram-sha-256' >>/data/pg-node-1/pg_hba.conf
configure pg-node-1 ${n1.address}
start pg-node-1
sql pg-node-1 "ALTER ROLE postgres PASSWORD 'superuser-password'; CREATE TABLE written (no int)"
for each in 'pg-node-2 ${n2.address}' 'pg-node-3 ${n3.address}'; do
  set -- $each
  as $bin/pg_basebackup -h /run/pg-node-1 -c fast -X stream -R -D /data/$1
  configure $1 $2
  start $1
done
until_is pg-node-1 "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'" 2

# etcd, with the certificate that it has on the host of n3.
etcd --name one --data-dir /tmp/etcd --listen-client-urls ${etcdClientUrl(n3)} --advertise-client-urls ${etcdClientUrl(n3)} \\
  --client-cert-auth --trusted-ca-file /srv/ca.crt --cert-file /srv/etcd-${n3.name}.crt --key-file /srv/etcd-${n3.name}.key >/tmp/etcd.log 2>&1 &
keep() {
  etcdctl --endpoints ${etcdClientUrl(n3)} --cacert /srv/ca.crt --cert ${certificatePaths('patroni').certificate} \\
    --key ${certificatePaths('patroni').privateKey} put /service/${spec.name}/sync "$1" >/dev/null
}
until keep '{"leader":"pg-node-1","sync_standby":"pg-node-2,pg-node-3","quorum":1}' 2>/dev/null; do sleep 0.1; done

# The check as Patroni runs it on that node, and what it ended with.
check() {
  unshare --mount bash -c 'mount --bind /run/$0 /run/postgresql && exec runuser -u postgres -- $1' $1 /srv/check-$1 && echo "$1 yes" || echo "$1 no"
}
`

async function run(script: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const words = ['bash', '-uc', `${setUp}\n${script}`]
  const { exitCode, stdout, stderr } = await withDebianRoot(files(), words, { timeoutMs: 120_000 })
  if (exitCode !== 0) throw new Error(`ended with ${exitCode}: ${stdout}${stderr}`)
  return { stdout, stderr }
}

test('a standby that still reads the WAL on its disk has no vote, and what it turns out to have counts', async () => {
  const { stdout, stderr } = await run(`
    # n3 is cut off; n2 alone has the last row, on its disk, and waits before it replays it.
    as $bin/pg_ctl -s -D /data/pg-node-3 -m immediate stop
    sed -i '/^primary_conninfo/d' /data/pg-node-3/postgresql.auto.conf
    start pg-node-3
    sql pg-node-2 "ALTER SYSTEM SET recovery_min_apply_delay = '1d'"
    sql pg-node-2 'SELECT pg_reload_conf()' >/dev/null
    sql pg-node-1 'INSERT INTO written VALUES (1)'
    until_is pg-node-1 "SELECT flush_lsn = pg_current_wal_flush_lsn() FROM pg_stat_replication" t
    as $bin/pg_ctl -s -D /data/pg-node-1 -m immediate stop
    as $bin/pg_ctl -s -D /data/pg-node-2 -m immediate stop
    sed -i '/^primary_conninfo/d' /data/pg-node-2/postgresql.auto.conf
    start pg-node-2
    # As far as Patroni sees, n2 has no more than n3.
    until_is pg-node-2 "SELECT wait_event FROM pg_stat_activity WHERE backend_type = 'startup'" RecoveryApplyDelay
    check pg-node-3
    sql pg-node-2 "ALTER SYSTEM RESET recovery_min_apply_delay"
    sql pg-node-2 'SELECT pg_reload_conf()' >/dev/null
    check pg-node-3
    check pg-node-2
    sql pg-node-2 'SELECT * FROM written'
  `)
  expect(stdout.trim().split('\n')).toEqual(['pg-node-3 no', 'pg-node-3 no', 'pg-node-2 yes', '1'])
  expect(stderr).toContain('0 of 1 votes: ')
  expect(stderr).toContain('pg-node-2 has not read all WAL on its disk yet')
  expect(stderr).toMatch(/another node has \d+ bytes of WAL more/)
  expect(stderr).not.toContain('superuser-password')
}, 150_000)

test('standbys that streamed until the primary died, or were all started again, vote for each other', async () => {
  const { stdout } = await run(`
    as $bin/pg_ctl -s -D /data/pg-node-1 -m immediate stop
    check pg-node-2
    check pg-node-3
    for name in pg-node-2 pg-node-3; do
      as $bin/pg_ctl -s -D /data/$name -m immediate stop
      sed -i '/^primary_conninfo/d' /data/$name/postgresql.auto.conf
    done
    start pg-node-2
    start pg-node-3
    check pg-node-3
    # Nobody else is there: the votes of both standbys are needed, or a word of a person, or to have been the leader.
    as $bin/pg_ctl -s -D /data/pg-node-2 -m immediate stop
    check pg-node-3
    as touch ${promoteAnywayFile} /run/pg-node-3/promote-anyway
    check pg-node-3
    keep '{"leader":"pg-node-3","sync_standby":"pg-node-2","quorum":0}'
    check pg-node-3
    keep '{"leader":"pg-node-1","sync_standby":"pg-node-3","quorum":0}'
    check pg-node-3
    keep '{"leader":"pg-node-1","sync_standby":"pg-node-2","quorum":0}'
    check pg-node-3
    keep '{"leader":null,"sync_standby":null,"quorum":0}'
    check pg-node-3
  `)
  expect(stdout.match(/(yes|no)$/gm)).toEqual(['yes', 'yes', 'yes', 'no', 'yes', 'yes', 'yes', 'no', 'yes'])
}, 150_000)

test('only quorum commit has it', () => {
  const files = renderPatroni(
    { ...input, spec: { ...spec, postgresql: { ...spec.postgresql, durability: 'sync' } } },
    n3,
  )
  expect(files.map(({ content }) => content).join('\n')).not.toContain('promotion')
  expect(files.map(({ path }) => path)).not.toContain(promotionCheckScript)
})
