import { paths } from '../layout.ts'
import { type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import { certificatePaths } from './certificate-files.ts'
import { etcdClientUrl } from './etcd-urls.ts'
import { fileHeader } from './file-header.ts'
import type { RenderedFile, RenderInput } from './rendered-file.ts'

/** Patroni's `pre_promote`. */
export const promotionCheckScript = `${paths.scripts}/promotion-check`

/** A file that was touched in the last two minutes lets the next promotion through, whatever it loses. */
export const promoteAnywayFile = '/run/postgresql/promote-anyway'

/**
 * Counts the votes for a promotion again. Patroni 4.0 asks a standby how far its WAL goes, and one that was just started
 * answers how far it has replayed: what lies unread on its disk, and was acknowledged by it, is not counted. So a node
 * that lacks it could be promoted when that standby and the primary lose their power together.
 *
 * Only quorum commit needs votes: with `sync` the one standby that may be promoted has everything itself.
 */
export const needsPromotionCheck = ({ spec }: Pick<RenderInput, 'spec'>): boolean =>
  spec.postgresql.durability === 'quorum'

/** @returns nothing where no votes are counted */
export const renderPromotionCheck = (input: RenderInput, host: HostSpec): readonly RenderedFile[] =>
  needsPromotionCheck(input)
    ? [
        {
          path: promotionCheckScript,
          content: renderScript(input, host),
          mode: '0755',
          owner: 'root',
          group: 'root',
          secret: false,
          onChange: { do: 'nothing' },
        },
      ]
    : []

// In Python, as Patroni: its driver for PostgreSQL and its YAML are there, and a shell would need a process for each of
// some ten steps, while writes stand still.
function renderScript({ spec }: RenderInput, host: HostSpec): string {
  const at = certificatePaths('patroni')
  const others = hostsWith(spec, 'postgresql').filter(({ name }) => name !== host.name)
  return `#!/usr/bin/python3
${fileHeader}
#
# Patroni's pre_promote: this node holds the leader lock and is about to be promoted. Ends with 0 when enough members of
# the quorum say that it has all they have, asking only those that have read all WAL on their own disk. Patroni asks
# that too, but believes one that still reads. Otherwise ends with 1, and Patroni gives the lock to another.
# A person decides otherwise with: touch ${promoteAnywayFile}
import base64
import json
import os
import ssl
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import yaml

NAME = ${text(host.name)}
ADDRESSES = {${others.map(({ name, address }) => `${text(name)}: ${text(address)}`).join(', ')}}
ETCD = [${hostsWith(spec, 'etcd')
    .map((member) => text(etcdClientUrl(member)))
    .join(', ')}]
SYNC_KEY = ${text(`/service/${spec.name}/sync`)}
ANYWAY = ${text(promoteAnywayFile)}
ANYWAY_SECONDS = 120
# While it waits Patroni keeps the lock. Afterwards the others have a ttl's time to do better.
WAIT_SECONDS = 10

# Each after the other: what was read before the end was reached would be too little.
# The startup process asks for a stream, or rests, only when it finds nothing more on its own disk.
HAS_READ_ALL = """SELECT pg_is_in_recovery() AND (pg_last_wal_receive_lsn() IS NOT NULL OR EXISTS (
  SELECT FROM pg_stat_activity WHERE backend_type = 'startup' AND wait_event = 'RecoveryRetrieveRetryInterval'))"""
POSITION = "SELECT pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), '0/0')::bigint"


def read_sync():
    """Who is in the quorum, and how many votes beside the candidate's own it takes; None when nobody answers."""
    tls = ssl.create_default_context(cafile=${text(at.authority)})
    tls.load_cert_chain(${text(at.certificate)}, ${text(at.privateKey)})
    body = json.dumps({'key': base64.b64encode(SYNC_KEY.encode()).decode()}).encode()
    for url in ETCD:
        try:
            with urllib.request.urlopen(url + '/v3/kv/range', body, timeout=1, context=tls) as answer:
                found = json.load(answer).get('kvs')
        except OSError as error:
            say(f'{url} does not answer: {error}')
            continue
        return json.loads(base64.b64decode(found[0]['value'])) if found else {}
    return None


def connect(**where):
    return psycopg2.connect(
        dbname='postgres',
        connect_timeout=2,
        tcp_user_timeout=2000,
        options='-c statement_timeout=2000',
        application_name='promotion-check',
        **where,
    )


def query(connection, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def ask(name):
    """How far the WAL of another node goes, in bytes; a sentence when its answer does not count."""
    try:
        role = superuser()
        connection = connect(
            host=ADDRESSES[name], port=PORT, user=role['username'], password=role['password'],
            sslmode=role['sslmode'], sslrootcert=role['sslrootcert'],
        )
        try:
            if not query(connection, HAS_READ_ALL):
                return f'{name} has not read all WAL on its disk yet, or is no standby'
            return query(connection, POSITION) or 0
        finally:
            connection.close()
    except psycopg2.Error as error:
        return f'{name}: {str(error).strip()}'


def read_own():
    """How far the own WAL goes, in bytes, and whether that is all that is on the disk."""
    connection = connect(host='/var/run/postgresql', port=PORT, user=superuser()['username'])
    try:
        has_read_all = query(connection, HAS_READ_ALL)
        return query(connection, POSITION) or 0, has_read_all
    finally:
        connection.close()


def superuser():
    return CONFIG['postgresql']['authentication']['superuser']


def say(sentence):
    print(f'<4>promotion-check: {sentence}', file=sys.stderr, flush=True)


def was_told_to():
    try:
        fresh = 0 <= time.time() - os.stat(ANYWAY).st_mtime < ANYWAY_SECONDS
        os.unlink(ANYWAY)
    except FileNotFoundError:
        return False
    return fresh


def is_enough():
    """Whether this node may be promoted. None: not as it stands, but it may change."""
    sync = read_sync()
    if sync is None:
        return None
    leader = sync.get('leader')
    # Without a leader nothing waited for a standby; whoever was the leader has all that anybody acknowledged.
    if not leader or leader == NAME:
        return True
    members = [leader] + [name for name in (sync.get('sync_standby') or '').split(',') if name]
    needed = int(sync.get('quorum') or 0) + (0 if NAME in members else 1)
    if needed <= 0:
        return True
    before, _ = read_own()
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(ask, [name for name in members if name in ADDRESSES]))
    own, has_read_all = read_own()
    positions = [answer for answer in answers if isinstance(answer, int)]
    ahead = [position for position in positions if position > own]
    # A stream that still runs, or the own disk, may bring the rest.
    if ahead and before == own and has_read_all:
        say(f'another node has {max(ahead) - own} bytes of WAL more')
        return False
    votes = len(positions) - len(ahead)
    if votes >= needed:
        return True
    say(f'{votes} of {needed} votes: ' + '; '.join(answer for answer in answers if isinstance(answer, str)))
    return None


if was_told_to():
    say(f'{ANYWAY} says to promote this node, whatever is lost')
    sys.exit(0)
with open(${text(paths.patroniConfig)}) as file:
    CONFIG = yaml.safe_load(file)
PORT = CONFIG['postgresql']['listen'].rsplit(':', 1)[1]
end = time.monotonic() + WAIT_SECONDS
while True:
    try:
        enough = is_enough()
    except psycopg2.Error as error:
        say(f'the own PostgreSQL does not answer: {str(error).strip()}')
        enough = None
    if enough is not None or time.monotonic() > end:
        break
    time.sleep(0.2)
if not enough:
    say('this node may lack what was acknowledged: another shall be promoted')
sys.exit(0 if enough else 1)
`
}

const text = (value: string): string => `'${value}'`
