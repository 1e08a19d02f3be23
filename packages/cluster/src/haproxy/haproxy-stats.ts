import { graceSuffix } from '../render/haproxy.ts'
import { SourceError } from '../status/source-failure.ts'

/** One server of one proxy, as one HAProxy sees it. */
export interface HaproxyServer {
  /** `writes` or `reads`, as haproxy.cfg names its proxies. */
  readonly proxy: string
  readonly server: string
  /** Used only while no other server of its proxy is up. */
  readonly backup: boolean
  /** Takes connections. */
  readonly up: boolean
  /** HAProxy's words: `UP`, `DOWN`, `UP 1/2` on its way down, `MAINT`, `DRAIN`, `no check`. */
  readonly status: string
  /** The last check: `L7OK`, `L7STS` (another HTTP status), `L4CON` (refused), `L4TOUT`, `L6RSP` (TLS), ... */
  readonly check: string
  /** The HTTP status of the last check; null without one. */
  readonly checkCode: number | null
  /** Seconds since it last went up or down. */
  readonly sinceS: number
  readonly sessions: number
}

/** The clients of one proxy. */
export interface HaproxyFrontend {
  /** `writes` or `reads`, as haproxy.cfg names its proxies. */
  readonly proxy: string
  readonly connections: number
  /** At so many the next client waits to be accepted. */
  readonly maxConnections: number
}

export interface HaproxyStats {
  readonly servers: readonly HaproxyServer[]
  readonly frontends: readonly HaproxyFrontend[]
}

/**
 * Reads HAProxy's statistics as CSV.
 *
 * @param csv what `/;csv` answers: a header that begins with `# pxname`, then one line for each frontend, server and
 *   backend (HAProxy management guide, section 9.1)
 * @throws SourceError bad_answer
 */
export function parseHaproxyStats(csv: string): HaproxyStats {
  const [header = '', ...lines] = csv.split(/\r?\n/u).filter((line) => line !== '')
  if (!header.startsWith('# pxname,'))
    throw new SourceError('bad_answer', 'its answer is not the statistics of a HAProxy')
  const names = splitRow(header.slice(2))
  const rows = lines.map((line) => {
    const cells = splitRow(line)
    return (name: string) => cells[names.indexOf(name)] ?? ''
  })
  // type: 0 frontend, 1 backend, 2 server, 3 socket.
  const ofType = (type: string) => rows.filter((field) => field('type') === type)
  return {
    frontends: ofType('0').map((field) => ({
      proxy: field('pxname'),
      connections: Number(field('scur')),
      maxConnections: Number(field('slim')),
    })),
    servers: ofType('2').map((field) => ({
      proxy: field('pxname'),
      server: field('svname'),
      backup: field('bck') === '1',
      up: /^(UP|no check)/u.test(field('status')),
      status: field('status'),
      check: field('check_status').replace(/^\* /u, ''),
      checkCode: field('check_code') === '' ? null : Number(field('check_code')),
      sinceS: Number(field('lastchg') || 0),
      sessions: Number(field('scur') || 0),
    })),
  }
}

/** The next client waits until another one leaves. */
export const isFull = ({ connections, maxConnections }: Omit<HaproxyFrontend, 'proxy'>): boolean =>
  maxConnections > 0 && connections >= maxConnections

/**
 * The nodes that a HAProxy sends writes to now. Beside each node's server `writes` has a grace server, which is used
 * only while no ordinary one is up (render/haproxy.ts).
 */
export function writeTargets(servers: readonly HaproxyServer[]): readonly string[] {
  const up = servers.filter(({ proxy, up }) => proxy === 'writes' && up)
  const ordinary = up.filter(({ backup }) => !backup)
  return (ordinary.length > 0 ? ordinary : up).map(({ server }) => nodeOf(server))
}

/** Writes go on through a grace server alone: Patroni of its node does not answer this HAProxy. */
export const isGraceOnly = (servers: readonly HaproxyServer[]): boolean =>
  servers.some(({ proxy, up }) => proxy === 'writes' && up) &&
  servers.every(({ proxy, backup, up }) => proxy !== 'writes' || backup || !up)

/** The node's name, also of its grace server. */
export const nodeOf = (server: string): string =>
  server.endsWith(graceSuffix) ? server.slice(0, -graceSuffix.length) : server

/** One row of RFC 4180 without line breaks in cells, which HAProxy never writes. */
function splitRow(row: string): readonly string[] {
  const cells: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < row.length; at++) {
    const char = row[at]!
    if (quoted && char === '"' && row[at + 1] === '"') {
      cell += '"'
      at++
    } else if (char === '"') quoted = !quoted
    else if (char === ',' && !quoted) {
      cells.push(cell)
      cell = ''
    } else cell += char
  }
  return [...cells, cell]
}
