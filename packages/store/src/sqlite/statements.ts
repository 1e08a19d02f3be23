import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

const cached = new WeakMap<DatabaseSync, Map<string, StatementSync>>()
const capacity = 300

/**
 * The prepared statement of `sql` on this connection, kept for the next time: preparing costs more than running
 * most statements. The text must be constant or come from a small set; values are bound, never written into it.
 */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  let statements = cached.get(db)
  if (!statements) cached.set(db, (statements = new Map()))
  let statement = statements.get(sql)
  if (statement) {
    // Move to the end: the first of the map is the one not used for longest.
    statements.delete(sql)
  } else {
    statement = db.prepare(sql)
    const oldest = statements.size >= capacity ? statements.keys().next().value : undefined
    if (oldest !== undefined) statements.delete(oldest)
  }
  statements.set(sql, statement)
  return statement
}

/** SQLite has no booleans; node:sqlite refuses to bind them. */
export function toSqliteValue(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  return value as SQLInputValue
}
