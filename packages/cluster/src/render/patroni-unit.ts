import type { ClusterSpec, HostSpec } from '../spec/cluster-spec.ts'
import { renderIni } from './ini-file.ts'

/** What Debian's patroni.service lacks, as a drop-in. */
export function renderPatroniUnit(spec: ClusterSpec, host: HostSpec): string {
  const after = ['network-online.target', 'time-sync.target']
  if (host.roles.includes('etcd')) after.push('etcd.service')
  const watchdog: readonly (readonly [string, string])[] =
    spec.failover.watchdog === 'off'
      ? []
      : [
          // Where the machine has no device of its own, the kernel's; then Patroni may open it. Patroni says if it cannot.
          [
            'ExecStartPre',
            '-+/bin/sh -c "test -e /dev/watchdog || modprobe softdog 2>/dev/null; test ! -e /dev/watchdog || chown postgres /dev/watchdog"',
          ],
        ]
  return renderIni([
    {
      name: 'Unit',
      entries: [
        ['Wants', 'network-online.target'],
        ['After', after.join(' ')],
        // Never give up: PostgreSQL runs on without Patroni, but HAProxy sends it nobody.
        ['StartLimitIntervalSec', 0],
      ],
    },
    {
      name: 'Service',
      entries: [
        ...watchdog,
        // HAProxy takes a primary without Patroni out, so every moment until it is back is a write gap. One that
        // cannot start at all is tried again ever slower.
        ['Restart', 'always'],
        ['RestartSec', '50ms'],
        ['RestartSteps', 6],
        ['RestartMaxDelaySec', '5s'],
        // Stopping Patroni stops PostgreSQL, with a checkpoint first. Past this systemd would kill Patroni alone.
        ['TimeoutStopSec', '3min'],
        // As Debian's postgresql@.service: never the postmaster, whose death ends every session, but its children.
        ['OOMScoreAdjust', -900],
        ['Environment', 'PG_OOM_ADJUST_FILE=/proc/self/oom_score_adj'],
        ['Environment', 'PG_OOM_ADJUST_VALUE=0'],
        ['LimitNOFILE', 65536],
      ],
    },
  ])
}
