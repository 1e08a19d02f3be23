import type { Connection } from '@fleet/api'

/** What stands in the fields of the form: text, right or not. */
export interface ConnectionDraft {
  readonly host: string
  readonly port: string
  readonly readPort: string
  readonly database: string
  readonly user: string
  readonly tls: Connection['tls']
  readonly rootCertificate: string | null
  readonly poolSize: string
}

export type DraftFault = 'host' | 'port' | 'readPort' | 'database' | 'user' | 'poolSize'

/** The reference cluster, see docs/on-premise.md. */
const fresh: ConnectionDraft = {
  host: '',
  port: '5432',
  readPort: '',
  database: 'bike_fleet',
  user: 'fleet_app',
  tls: 'disable',
  rootCertificate: null,
  poolSize: '10',
}

export const draftOf = (connection: Connection | null): ConnectionDraft =>
  connection === null
    ? fresh
    : {
        ...connection,
        port: String(connection.port),
        readPort: connection.readPort === null ? '' : String(connection.readPort),
        poolSize: String(connection.poolSize),
      }

/** A whole number within bounds, else null. */
export const numberIn = (text: string, min: number, max: number): number | null => {
  const value = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN
  return value >= min && value <= max ? value : null
}

/** The same rules as the server's: packages/api/src/desktop-settings.ts. */
export function readDraft(draft: ConnectionDraft): {
  readonly connection: Connection | null
  readonly faults: ReadonlySet<DraftFault>
} {
  const faults = new Set<DraftFault>()
  const host = draft.host.trim()
  if (!/^[A-Za-z0-9._:%-]{1,253}$/.test(host)) faults.add('host')
  const text = (field: 'database' | 'user') => {
    const value = draft[field].trim()
    if (value === '' || value.length > 63) faults.add(field)
    return value
  }
  const number = (field: 'port' | 'readPort' | 'poolSize', min: number, max: number) => {
    const value = numberIn(draft[field], min, max)
    if (value === null) faults.add(field)
    return value ?? min
  }
  const connection: Connection = {
    host,
    port: number('port', 1, 65_535),
    readPort: draft.readPort.trim() === '' ? null : number('readPort', 1, 65_535),
    database: text('database'),
    user: text('user'),
    tls: draft.tls,
    rootCertificate: draft.tls === 'disable' ? null : draft.rootCertificate,
    poolSize: number('poolSize', 2, 200),
  }
  return { connection: faults.size === 0 ? connection : null, faults }
}
