import { hash } from 'node:crypto'
import { dayMs } from '@fleet/domain'
import { canonicalJson } from '../commands/handler.ts'
import type { Column, Row, Table } from './tables.ts'

/**
 * What is compared in the end, computed on each side by itself and by other ways than those of the copy: PostgreSQL's rows
 * are read as text, and its positions, which are many, are summed up by the server.
 *
 * The checksum is the sum of 48 bits of each row's md5, so it does not depend on the order. It finds accidents; it is no
 * proof against somebody who forges rows.
 */
export interface Digest {
  readonly rows: number
  /** 12 hexadecimal digits. */
  readonly checksum: string
}

const modulus = 2 ** 48

export class DigestSum {
  #rows = 0
  #sum = 0

  add(rowText: string): void {
    this.#rows++
    this.#sum = (this.#sum + hash('md5', rowText, 'buffer').readUIntBE(0, 6)) % modulus
  }

  digest(): Digest {
    return toDigest(this.#rows, this.#sum)
  }
}

export function toDigest(rows: number, sum: number): Digest {
  return { rows, checksum: sum.toString(16).padStart(12, '0') }
}

/** The columns as a `SELECT` of PostgreSQL gives them for `rowText`: all of them text. */
export function postgresTexts({ name: table, columns }: Table): string {
  return columns
    .map(({ name, type }) => {
      const column = `${table}.${name}`
      if (type === 'bytea') return `md5(${column})`
      if (type === 'timestamp with time zone') return `(extract(epoch FROM ${column}) * 1000)::bigint::text`
      return `${column}::text`
    })
    .join(', ')
}

/** The columns as a `SELECT` of SQLite gives them for `rowText`. */
export function sqliteTexts({ name: table, columns }: Table): string {
  return columns
    .map(({ sqliteName, type }) => {
      const column = `${table}.${sqliteName}`
      if (type === 'boolean') return `CASE ${column} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END`
      if (type === 'integer' || type === 'bigint' || type === 'timestamp with time zone')
        return `CAST(${column} AS TEXT)`
      return column
    })
    .join(', ')
}

/** The same text for the same row, whichever database it came from. */
export function rowText({ columns }: Table, values: readonly unknown[]): string {
  return JSON.stringify(values.map((value, i) => (value === null ? null : valueText(columns[i]!, value))))
}

function valueText({ type }: Column, value: unknown): string {
  if (type === 'jsonb') return canonicalJson(JSON.parse(value as string))
  // -0 is 0 on SQLite.
  if (type === 'double precision') return String(Number(value) + 0)
  if (value instanceof Uint8Array) return hash('md5', value)
  return value as string
}

/** Rows, and the sum of their checksums, by day (since 1970-01-01 UTC), in one statement of PostgreSQL. */
export function postgresDays(table: Table): string {
  const text = table.columns.map(({ name, type }) => {
    if (type === 'double precision') return `encode(float8send(${name} + 0), 'hex')`
    if (type === 'timestamp with time zone') return `(date_part('epoch', ${name}) * 1000)::bigint`
    if (type === 'boolean') return `${name}::int`
    return name
  })
  return `SELECT floor(date_part('epoch', time) * 1000 / ${dayMs})::integer AS day, count(*) AS rows,
      (sum(('x' || left(md5(concat(${text.join(", '|', ")})), 12))::bit(48)::bigint) % ${modulus})::float8 AS sum
    FROM ${table.name} GROUP BY 1`
}

const bits = Buffer.alloc(8)

/** What `postgresDays` takes the checksum of, from a row as SQLite keeps it. */
export function positionText({ columns }: Table, values: Row): string {
  let text = ''
  for (let i = 0; i < columns.length; i++) {
    const value = values[i]!
    if (i > 0) text += '|'
    if (value === null) continue
    if (columns[i]!.type === 'double precision') {
      bits.writeDoubleBE((value as number) + 0)
      text += bits.toString('hex')
    } else text += value.toString()
  }
  return text
}
