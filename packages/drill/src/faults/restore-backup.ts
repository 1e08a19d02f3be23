import { ClusterError, type ClusterSpec, type HostShell, postgresqlPrograms } from '@fleet/cluster'
import { readRestoredKind, restorePointKind } from '../checkers/restored.ts'
import type { HistoryRecorder } from '../history/recorder.ts'
import { insertsTable } from '../workloads/sql/inserts.ts'

type Host = Parameters<HostShell['run']>[0]

/** Where a backup is restored to, and from where. */
export interface RestorePlace {
  readonly spec: ClusterSpec
  readonly shell: HostShell
  readonly signal: AbortSignal
  /** Where the moment to restore to is noted in the WAL. */
  readonly primary: Host
  /** Where the copy is made, beside its own data. */
  readonly on: Host
}

/** Copying terabytes takes its time. */
const restoreTimeoutMs = 4 * 3_600_000
const archivedWithinS = 120
const noRoomExitCode = 3
/** Its server listens on a socket in its own folder only: the number is a part of the socket's name. */
const port = 5_432

/**
 * Notes a moment in the WAL, restores the newest backup to it beside the data of a standby, starts a server on the copy,
 * reads the rows of the drill from it, and removes it. What is read is recorded; a restore that fails is, too.
 *
 * @throws ClusterError drill_refused when the standby has no room for it; command_failed, host_unreachable, timed_out
 */
export async function restoreBackup(
  { spec, shell, signal, primary, on }: RestorePlace,
  recorder: HistoryRecorder,
  runId: string,
): Promise<void> {
  const point = `fleet_drill_${runId}`
  const intent = { workload: 'inserts', process: 'restorer', key: point, value: null }
  const run = (host: Host, user: string, script: string, timeoutMs: number) =>
    shell.run(host, ['bash', '-eu', '-o', 'pipefail', '-c', script], { user, timeoutMs, signal })

  const noting = recorder.begin({ ...intent, kind: restorePointKind })
  const noted = await run(primary, 'postgres', notePoint(point), 30_000)
  if (noted.exitCode !== 0) throw failure('No restore point could be made', primary, noted.stderr)
  const segment = noted.stdout.trim()
  noting.ok({ segment })
  const archived = await run(primary, 'postgres', waitForArchive(segment), (archivedWithinS + 30) * 1_000)
  if (archived.exitCode !== 0)
    throw failure('The WAL did not come into the archive', primary, archived.stderr)

  const reading = recorder.begin({ ...intent, kind: readRestoredKind })
  // As root: the folder beside the data's is often root's.
  const restoring = restoreAndRead(spec, point, insertsTable(runId))
  const { exitCode, stdout, stderr } = await run(on, 'root', restoring, restoreTimeoutMs)
  if (exitCode === noRoomExitCode) throw new ClusterError('drill_refused', `${on.name}: ${stderr.trim()}`)
  if (exitCode === 0) reading.ok(stdout.split('\n').filter((line) => line !== ''))
  else reading.fail(lastWords(stderr))
}

const lastWords = (stderr: string) => stderr.trim().split('\n').slice(-3).join(' | ') || 'it said nothing'

const failure = (what: string, host: Host, stderr: string) =>
  new ClusterError('command_failed', `${what} on ${host.name}: ${lastWords(stderr)}`)

const psql = 'psql --no-psqlrc --no-align --tuples-only --quiet'

/** Prints the WAL segment that has the moment, and closes it so that it is archived now. */
const notePoint = (point: string): string => `
  ${psql} --dbname=postgres --command="SELECT pg_walfile_name(pg_create_restore_point('${point}'))"
  ${psql} --dbname=postgres --output=/dev/null --command='SELECT pg_switch_wal()'`

const waitForArchive = (segment: string): string => `
  for try in {1..${2 * archivedWithinS}}; do
    done=$(${psql} --dbname=postgres --command="SELECT last_archived_wal COLLATE \\"C\\" >= '${segment}' FROM pg_stat_archiver")
    if [ "$done" = t ]; then exit 0; fi
    sleep 0.5
  done
  echo '${segment} is not archived after ${archivedWithinS} s' >&2
  exit 1`

/**
 * pgBackRest's asynchronous fetching has one queue on a host, which belongs to the standby that runs there. The server of
 * the copy has its own small memory, archives nothing, and ends its recovery by itself at the moment.
 */
function restoreAndRead({ backup, postgresql }: ClusterSpec, point: string, table: string): string {
  const place = `${postgresql.dataDirectory}.fleet-drill`
  const bin = postgresqlPrograms(postgresql.version)
  const pgbackrest = `pgbackrest --stanza=${backup.stanza} --pg1-path=${place}`
  const settings = {
    port,
    listen_addresses: "''",
    unix_socket_directories: place,
    hot_standby: 'off',
    shared_buffers: '32MB',
    huge_pages: 'off',
    archive_mode: 'off',
    logging_collector: 'off',
    synchronous_standby_names: "''",
    primary_conninfo: "''",
    primary_slot_name: "''",
  }
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  return `
    cd /
    place=${place}
    as_postgres() { runuser --user=postgres -- "$@"; }
    pg_ctl() { as_postgres ${bin}/pg_ctl --pgdata="$place" --silent "$@"; }
    remove() {
      if [ -e "$place/postmaster.pid" ]; then pg_ctl --mode=immediate stop >&2 || true; fi
      rm --recursive --force "$place"
    }
    remove
    wanted=$((2 * $(du --summarize --block-size=1M ${postgresql.dataDirectory} | cut --fields=1)))
    free=$(df --output=avail --block-size=1M ${postgresql.dataDirectory} | tail -n 1)
    if [ "$free" -lt "$wanted" ]; then
      echo "no room for a copy: $((free)) MB are free, and $wanted MB are wanted" >&2
      exit ${noRoomExitCode}
    fi
    trap remove EXIT
    install --directory --owner=postgres --group=postgres --mode=0700 "$place"
    as_postgres nice --adjustment=10 ionice --class=idle ${pgbackrest} --log-level-console=error --archive-mode=off \\
      --type=name --target=${point} --target-action=promote \\
      --recovery-option=restore_command='${pgbackrest} --no-archive-async archive-get %f "%p"' restore >&2
    pg_ctl --wait --log="$place/drill.log" --options="${options.join(' ')}" start >&2 || true
    # It has started when recovery begins, and answers when that has come to the moment.
    until ${bin}/pg_isready --host="$place" --port=${port} --quiet; do
      pg_ctl status > /dev/null || { tail -n 3 "$place/drill.log" >&2; exit 1; }
      sleep 0.5
    done
    as_postgres ${psql} --host="$place" --port=${port} --dbname=${postgresql.database} --command='SELECT id FROM ${table}'`
}
