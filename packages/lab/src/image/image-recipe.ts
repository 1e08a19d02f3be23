import { createHash } from 'node:crypto'
import { allPackages } from '@fleet/cluster'

/** Everything that decides what is in the base image: another recipe is another image. */
export interface ImageRecipe {
  readonly suite: string
  readonly architecture: string
  /** With the base, by debootstrap. */
  readonly basePackages: readonly string[]
  /** After it, by apt. */
  readonly packages: readonly string[]
  /** In the finished root, as root. */
  readonly finish: string
}

/**
 * Leaves what a fresh Debian server has: the daemons are installed and nothing of the cluster runs before it was
 * deployed. What must differ on each machine (host keys, machine id) is taken out.
 */
const finish = `
systemctl --quiet disable etcd.service haproxy.service keepalived.service patroni.service postgresql.service
# Without a way to the internet they could only fail.
systemctl --quiet disable apt-daily.timer apt-daily-upgrade.timer
systemctl --quiet enable systemd-networkd.service ssh.service
rm -f /etc/ssh/ssh_host_* /etc/hostname /etc/resolv.conf /etc/postgresql-common/createcluster.d/lab.conf
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/lib/dpkg/*-old
# Everything that was logged while it was built.
find /var/log -type f -delete
install -d -m 2755 -g systemd-journal /var/log/journal
# A boot does not do again what the packages have just done (ConditionNeedsUpdate).
touch -r /usr /etc/.updated /var/.updated
`

/** The image that every machine of a lab starts from. */
export function createImageRecipe(architecture: string): ImageRecipe {
  return {
    suite: 'trixie',
    architecture,
    basePackages: ['systemd', 'systemd-sysv', 'dbus', 'openssh-server', 'python3', 'ca-certificates'],
    packages: allPackages(17),
    finish,
  }
}

/** Raise it when build-image.ts makes something else of the same recipe. */
const builderVersion = 1

/** Short and fit for a file name. */
export function imageKey(recipe: ImageRecipe): string {
  const text = JSON.stringify({ builderVersion, ...recipe })
  return `${recipe.suite}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}
