import { existsSync, readFileSync } from 'node:fs'
import { ClusterError } from '@fleet/cluster'

const dropIn = '/run/systemd/system/patroni.service.d/drill-clock.conf'
const library = '/usr/local/lib/fleet-drill-faketime.so'
/** Debian's package of this machine has it; the machines of a lab share its architecture. */
const libraries = ['x86_64', 'aarch64'].map(
  (architecture) => `/usr/lib/${architecture}-linux-gnu/faketime/libfaketimeMT.so.1`,
)

/**
 * Scripts that let Patroni and PostgreSQL of a machine see another time. The machines of a lab share one kernel and so one
 * clock, which none of them may set; libfaketime stands between these two daemons and the kernel instead. etcd is not
 * concerned: it is linked statically, and its leases count monotonic time.
 */
export const clockShift = {
  timeoutMs: 120_000,
  /** Reads the library, base64, from standard input. */
  apply: (byS: number): string => `
    base64 --decode > ${library}
    mkdir --parents ${dropIn.slice(0, dropIn.lastIndexOf('/'))}
    printf '%s\\n' '[Service]' 'Environment=LD_PRELOAD=${library}' 'Environment=FAKETIME=${byS < 0 ? '' : '+'}${byS}s' \\
      'Environment=FAKETIME_DONT_FAKE_MONOTONIC=1' > ${dropIn}
    systemctl daemon-reload
    systemctl restart patroni`,
  undo: `
    if [ ! -e ${dropIn} ]; then exit 0; fi
    rm ${dropIn}
    systemctl daemon-reload
    systemctl restart patroni`,
  /** @throws ClusterError missing_program */
  library(): string {
    const file = libraries.find((each) => existsSync(each))
    if (file !== undefined) return readFileSync(file).toString('base64')
    throw new ClusterError('missing_program', 'The library libfaketime is not installed here.', {
      fix: 'As root: apt-get install -y faketime',
    })
  },
} as const
