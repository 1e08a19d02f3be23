import type { ClusterStatus, HaproxyStatus, MemberStatus, Warning } from '@fleet/cluster'
import { renderTable } from '../table.ts'
import type { Paint } from '../terminal.ts'
import { wrapText } from '../wrap-text.ts'

/** Words for quantities, from @fleet/cluster: handed in, because a command loads that package only when it runs. */
export interface QuantityWords {
  readonly bytesInWords: (bytes: number) => string
  readonly durationInWords: (durationMs: number) => string
}

/**
 * The status for a person: the verdict, then the warnings, then a table for each part.
 *
 * @param columns width of the terminal; tables are made for 100
 */
export function renderStatus(
  status: ClusterStatus,
  words: QuantityWords,
  paint: Paint,
  columns: number,
): string {
  return [
    levelPaint(paint)[status.level](status.verdict),
    ...renderWarnings(status, paint, columns),
    '',
    renderMembers(status, words, paint),
    '',
    renderEtcd(status, words, paint),
    '',
    renderHaproxies(status, paint),
    '',
    renderBackups(status, words, paint),
    renderArchive(status, words),
  ].join('\n')
}

const levelPaint = (paint: Paint) =>
  ({
    healthy: (text: string) => paint.bold(paint.green(text)),
    degraded: (text: string) => paint.bold(paint.yellow(text)),
    down: (text: string) => paint.bold(paint.red(text)),
  }) as const

const unknown = '-'

function renderWarnings({ warnings }: ClusterStatus, paint: Paint, columns: number): readonly string[] {
  if (warnings.length === 0) return []
  const severity = {
    critical: paint.red('!'),
    warning: paint.yellow('!'),
    notice: paint.dim('i'),
  } as const
  // The code is what to look for in docs/runbook.md.
  const lines = ({ severity: of, code, message, next }: Warning) => [
    ...wrapText(`${message} [${code}]`, columns - 2).map(
      (line, index) => `${index === 0 ? severity[of] : ' '} ${line}`,
    ),
    `  ${paint.cyan(next)}`,
  ]
  return ['', ...warnings.flatMap(lines)]
}

/** A table whose header is bold and whose cells may be coloured: colours have no width. */
function coloured(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  paintCell: (cell: string, row: readonly string[]) => string = (cell) => cell,
): string {
  const painted = rows.map((row) => row.map((cell) => paintCell(cell, row)))
  return renderTable(
    header.map((title) => paint.bold(title)),
    painted,
  )
}

function renderMembers(status: ClusterStatus, { bytesInWords }: QuantityWords, paint: Paint): string {
  const lag = ({ lagBytes, lagS }: MemberStatus) =>
    lagBytes === null
      ? unknown
      : `${bytesInWords(lagBytes)}${lagS === null ? '' : `, ${lagS < 10 && lagS > 0 ? lagS.toFixed(1) : Math.round(lagS)} s`}`
  const rows = status.members.map((member) =>
    member.answer === null
      ? [
          member.name,
          (member.role ?? unknown).replace('_', ' '),
          member.state ?? unknown,
          String(member.timeline ?? unknown),
          lag(member),
          member.syncState ?? unknown,
          member.pendingRestart ? `needed: ${member.pendingSettings.join(', ')}` : 'none',
        ]
      : [member.name, unknown, member.answer, unknown, unknown, unknown, unknown],
  )
  const silent = new Set(status.members.flatMap(({ answer }) => answer ?? []))
  return coloured(
    ['POSTGRESQL', 'ROLE', 'STATE', 'TIMELINE', 'LAG', 'SYNC', 'RESTART'],
    rows,
    paint,
    (cell) => (silent.has(cell) ? paint.red(cell) : cell === 'primary' ? paint.green(cell) : cell),
  )
}

function renderEtcd({ etcd }: ClusterStatus, { bytesInWords }: QuantityWords, paint: Paint): string {
  const rows = etcd.members.map(({ name, answer, leader, version, databaseBytes, alarms }) => [
    name,
    leader ? 'leader' : leader === null ? unknown : 'follower',
    answer ?? (alarms.length > 0 ? `alarm ${alarms.join(', ')}` : 'healthy'),
    version ?? unknown,
    databaseBytes === null ? unknown : bytesInWords(databaseBytes),
  ])
  return coloured(['ETCD', 'ROLE', 'STATE', 'VERSION', 'SIZE'], rows, paint, (cell, row) =>
    cell === row[2] && cell !== 'healthy' ? paint.red(cell) : cell,
  )
}

const portNames = [
  [5432, 'writes'],
  [5433, 'reads'],
] as const

/** One row for each port of each HAProxy, one column for each node. */
function renderHaproxies({ haproxies, vip, members }: ClusterStatus, paint: Paint): string {
  const names = members.map(({ name }) => name)
  const rows = haproxies.flatMap((haproxy) => {
    const address = haproxy.name === vip.holder ? `has ${vip.address}` : unknown
    if (haproxy.answer !== null)
      return [[haproxy.name, unknown, address, haproxy.answer, ...names.slice(1).map(() => '')]]
    return portNames.map(([port, word], index) => [
      index === 0 ? haproxy.name : '',
      `${port} ${word}`,
      index === 0 ? address : '',
      ...names.map((name) => serverInWords(haproxy, port, name)),
    ])
  })
  const table = coloured(['HAPROXY', 'PORT', 'ADDRESS', ...names], rows, paint, (cell) =>
    cell.startsWith('up') ? paint.green(cell) : cell.startsWith('no answer') ? paint.red(cell) : cell,
  )
  return vip.answer === null ? table : `${table}\n${paint.red(`${vip.address}: ${vip.answer}`)}`
}

/** A standby is down for writes, and a primary for reads, by design: said as what it is. */
function serverInWords({ servers }: HaproxyStatus, port: number, name: string): string {
  const server = servers.find((found) => found.port === port && found.name === name && !found.backup)
  if (!server) return unknown
  if (server.up) return server.sessions > 0 ? `up, ${server.sessions} in use` : 'up'
  if (servers.some((found) => found.port === port && found.name === name && found.up)) return 'up (grace)'
  // HAProxy has no code yet until the second check after a change.
  if (server.check === 'L7STS' && [0, 503, null].includes(server.checkCode))
    return port === 5432 ? 'not primary' : 'not replica'
  return checkInWords[server.check] ?? `${server.status} ${server.check}`.trim()
}

const checkInWords: Readonly<Record<string, string>> = {
  L4CON: 'refused',
  L4TOUT: 'no answer',
  L6TOUT: 'no answer',
  L7TOUT: 'no answer',
  L6RSP: 'TLS fails',
  L7RSP: 'bad answer',
}

function renderBackups({ backup }: ClusterStatus, words: QuantityWords, paint: Paint): string {
  const { bytesInWords, durationInWords } = words
  if (backup.answer !== null) return `${paint.bold('BACKUP')}  ${paint.red(backup.answer)}`
  const rows = Object.entries(backup.last).map(([kind, last]) =>
    last
      ? [
          kind,
          last.label,
          `${durationInWords(last.ageS * 1000)} ago`,
          bytesInWords(last.databaseBytes),
          bytesInWords(last.repositoryBytes),
        ]
      : [kind, 'none', unknown, unknown, unknown],
  )
  const verify = backup.verify
    ? `${backup.verify.ok ? 'passed' : 'FAILED'} ${backup.verify.endedAt}`
    : 'not yet'
  const total = `${backup.count} kept, ${bytesInWords(backup.repositoryBytes ?? 0)} in the repository`
  return `${coloured(['BACKUP', 'LABEL', 'AGE', 'DATABASE', 'REPOSITORY'], rows, paint)}\n${total}${backup.running ? ', one is being taken now' : ''}; last verify: ${verify}`
}

function renderArchive({ archive }: ClusterStatus, { bytesInWords, durationInWords }: QuantityWords): string {
  if (archive.answer !== null) return `WAL archive: ${archive.answer}`
  const last =
    archive.ageS === null ? 'nothing yet' : `last segment ${durationInWords(archive.ageS * 1000)} ago`
  const waiting =
    archive.waitingSegments === null ? 'waiting unknown' : `${archive.waitingSegments} segments waiting`
  const open =
    archive.unarchivedBytes === null
      ? ''
      : `, ${bytesInWords(archive.unarchivedBytes)} not in the repository yet`
  return `WAL archive: ${last}, ${waiting}${open}`
}
