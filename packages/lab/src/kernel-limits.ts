import { readFileSync, writeFileSync } from 'node:fs'
import { ClusterError } from '@fleet/cluster'

/**
 * Every machine's systemd and journald watch files, all as this machine's root. The kernel's default of 128 watchers a
 * user is used up by three labs, and then units fail that have nothing to do with it.
 */
const leastWatchers = 2_048
const watchersFile = '/proc/sys/fs/inotify/max_user_instances'

/**
 * Raises a limit of this machine that labs would meet; it stays raised until the machine is started again.
 *
 * @throws ClusterError lab_unsupported when it may not be raised
 */
export function raiseKernelLimits(): void {
  if (Number(readFileSync(watchersFile, 'utf8')) >= leastWatchers) return
  try {
    writeFileSync(watchersFile, String(leastWatchers))
  } catch (error) {
    throw new ClusterError('lab_unsupported', 'This machine lets a user watch too few files for a lab.', {
      cause: error,
      fix: `On the machine itself, as root: sysctl -w fs.inotify.max_user_instances=${leastWatchers}`,
    })
  }
}
