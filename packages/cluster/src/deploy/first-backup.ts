import { ClusterError } from '../cluster-error.ts'
import type { HostShell } from '../hosts/host-shell.ts'
import { type PgbackrestStanza, readPgbackrestInfo } from '../pgbackrest/pgbackrest-info.ts'
import { type ClusterSpec, type HostSpec, hostsWith } from '../spec/cluster-spec.ts'
import type { Steps } from './steps.ts'

const minuteMs = 60_000
/** A first copy of terabytes takes its time; the timer's would too. */
const backupTimeoutMs = 24 * 60 * minuteMs

/**
 * Makes the repository ready: the stanza, a check that WAL arrives there, and a full backup when there is none.
 * What is there already is left alone.
 *
 * @throws ClusterError command_failed with pgBackRest's own words
 */
export async function prepareBackups(
  spec: ClusterSpec,
  shell: HostShell,
  steps: Steps,
  signal: AbortSignal,
): Promise<void> {
  const [host] = hostsWith(spec, 'backup')
  if (!host) return
  const { stanza } = spec.backup
  const pgbackrest = (...words: string[]) =>
    shell.run(host, ['pgbackrest', `--stanza=${stanza}`, ...words], {
      user: 'postgres',
      timeoutMs: 5 * minuteMs,
      signal,
    })
  const hasFull = await steps.take('Look at the backup repository', [host.name], async () => {
    const found = await readStanza(spec, shell, host, signal)
    const isNew = found === null
    if (isNew) {
      const made = await pgbackrest('stanza-create')
      if (made.exitCode !== 0) throw failed(host, 'stanza-create', made.stdout + made.stderr)
    }
    const fulls = found?.backups.filter(({ kind }) => kind === 'full').length ?? 0
    return {
      value: fulls > 0,
      changedHosts: isNew ? [host.name] : [],
      note: isNew ? `stanza ${stanza} created` : `${found.backups.length} backups`,
    }
  })
  if (hasFull) return
  await steps.take('Check that WAL arrives in the repository', [host.name], async () => {
    const checked = await pgbackrest('check')
    if (checked.exitCode !== 0) throw failed(host, 'check', checked.stdout + checked.stderr)
    return { value: null, changedHosts: [] }
  })
  await steps.take('Take the first full backup', [host.name], async () => {
    // The unit that the timer starts, so that its lock and its journal are the same.
    const unit = 'fleet-backup-full.service'
    const { exitCode } = await shell.run(host, ['systemctl', 'start', unit], {
      timeoutMs: backupTimeoutMs,
      signal,
    })
    if (exitCode !== 0) {
      const words = ['journalctl', '--unit', unit, '--lines', '12', '--output', 'cat', '--no-pager']
      throw failed(host, 'backup', (await shell.run(host, words, { signal })).stdout)
    }
    return { value: null, changedHosts: [host.name] }
  })
}

/** Null when the repository has no stanza of this name yet, or one without a database. */
async function readStanza(
  spec: ClusterSpec,
  shell: HostShell,
  host: HostSpec,
  signal: AbortSignal,
): Promise<PgbackrestStanza | null> {
  const words = ['pgbackrest', `--stanza=${spec.backup.stanza}`, '--output=json', 'info']
  const { exitCode, stdout, stderr } = await shell.run(host, words, { user: 'postgres', signal })
  const stanzas = exitCode === 0 ? readPgbackrestInfo(JSON.parse(stdout)) : null
  if (!stanzas) throw failed(host, 'info', stdout + stderr)
  const found = stanzas.find(({ name }) => name === spec.backup.stanza)
  // 1: the path is missing, 3: its info file is.
  return found && ![1, 3].includes(found.statusCode) ? found : null
}

function failed(host: HostSpec, command: string, said: string): ClusterError {
  const errors = said.split('\n').filter((line) => /ERROR|WARN|HINT/.test(line))
  const words = (errors.length > 0 ? errors : said.trim().split('\n').slice(-5)).join(' | ')
  return new ClusterError('command_failed', `pgbackrest ${command} failed on ${host.name}: ${words}`, {
    fix: `See \`fleet cluster logs ${host.name} pgbackrest\`, and that the repository can be written.`,
  })
}
