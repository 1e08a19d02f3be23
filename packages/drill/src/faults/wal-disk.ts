import type { ClusterSpec } from '@fleet/cluster'

/** Room that stays on the full disk: less than one WAL segment of 16 MB. */
const leftMb = 4
/** Never reached: what is not used of it costs nothing. */
const roomMb = 2_048
const stopTimeoutMs = 120_000
/** More than PostgreSQL keeps in advance. */
const mostSegments = 200

/** WAL is in a folder of the disk, not at its root: Patroni must be able to remove it with the rest of the data. */
const names = ({ postgresql }: ClusterSpec) => `
    wal=${postgresql.dataDirectory}/pg_wal
    disk=${postgresql.dataDirectory}.drill-wal`

/**
 * Scripts that put the WAL of a node on a file system of its own, in memory, whose size can be changed; `pg_wal` leads
 * there, as after `initdb --waldir`.
 *
 * `mount` may die anywhere: as long as there is a `pg_wal.before`, that is the WAL. So may `unmount`: the WAL is where
 * `pg_wal` leads to, and while there is none it is `pg_wal.after`. `unmount` goes on from each of these, and also when Patroni
 * has copied the node anew meanwhile, which makes `pg_wal` a folder again. Of a machine that was off meanwhile the WAL is lost, and
 * with it the data: it is removed, to be copied anew.
 */
export const walDisk = {
  timeoutMs: stopTimeoutMs,
  /** Stops the node for it. */
  mount: (spec: ClusterSpec): string => `${names(spec)}
    systemctl stop patroni
    install --directory --owner=postgres --group=postgres --mode=0700 "$disk"
    mount -t tmpfs -o size=${roomMb}M,uid=postgres,gid=postgres,mode=0700 fleet-drill-wal "$disk"
    cp --archive "$wal" "$disk/wal"
    mv "$wal" "$wal.before"
    ln --symbolic "$disk/wal" "$wal"
    mv "$wal.before" "$wal.gone"
    rm --recursive "$wal.gone"
    systemctl start patroni`,
  /**
   * Takes the room, then uses up the segments that PostgreSQL has made in advance, until it stops. Fails when it does not:
   * a disk that nobody misses proves nothing.
   */
  fill: (spec: ClusterSpec): string => `${names(spec)}
    used=$(df --output=used --block-size=1M "$disk" | tail -n 1)
    mount -o remount,size=$((used + ${leftMb}))M "$disk"
    for segment in {1..${mostSegments}}; do
      runuser --user=postgres -- psql --no-psqlrc --quiet --tuples-only --dbname=postgres --output=/dev/null \\
        --command="SELECT pg_logical_emit_message(false, 'fleet-drill', 'x'), pg_switch_wal()" 2>/dev/null || exit 0
    done
    echo 'PostgreSQL still works' >&2
    exit 1`,
  empty: (spec: ClusterSpec): string => `${names(spec)}
    if mountpoint --quiet "$disk"; then mount -o remount,size=${roomMb}M "$disk"; fi`,
  unmount: (spec: ClusterSpec): string => `${names(spec)}
    if [ -d "$wal.before" ]; then
      systemctl stop patroni
      rm --recursive --force "$wal"
      mv "$wal.before" "$wal"
    elif [ -L "$wal" ] && ! mountpoint --quiet "$disk"; then
      systemctl stop patroni
      find ${spec.postgresql.dataDirectory} -mindepth 1 -delete
    elif [ -L "$wal" ]; then
      systemctl stop patroni
      mount -o remount,size=${roomMb}M "$disk"
      rm --recursive --force "$wal.after"
      cp --archive "$disk/wal" "$wal.after"
      rm "$wal"
      mv "$wal.after" "$wal"
    elif [ -d "$wal.after" ] && [ ! -e "$wal" ]; then
      systemctl stop patroni
      mv "$wal.after" "$wal"
    fi
    rm --recursive --force "$wal.gone"
    if mountpoint --quiet "$disk"; then umount "$disk"; fi
    if [ -d "$disk" ]; then rmdir "$disk"; fi
    systemctl start patroni`,
} as const
