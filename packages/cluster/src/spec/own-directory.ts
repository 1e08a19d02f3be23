/** Directories of the system. A daemon's directory is emptied at times (a reinit) and has one owner. */
const systemDirectories = (
  '/bin /boot /dev /etc /lib /lib64 /proc /root /run /sbin /sys /tmp /usr ' +
  '/var/cache /var/log /var/run /var/spool /var/tmp /var/lib/dpkg /var/lib/etcd /var/lib/systemd'
).split(' ')
/** Parents of other people's directories. */
const parents = new Set(['/var/lib', '/var/lib/postgresql', '/var/backups'])

/** A daemon may have the directory to itself, and it is there after a restart. @param path absolute */
export const isOwnDirectory = (path: string): boolean =>
  path.split('/').length > 2 &&
  !parents.has(path) &&
  !systemDirectories.some((directory) => path === directory || path.startsWith(`${directory}/`))
