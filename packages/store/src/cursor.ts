/**
 * The place after which the next page starts, as text that callers pass back unread.
 *
 * @param parts the sort key and the id of the last row of the page
 */
export function renderCursor(...parts: readonly [string, string]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** Null when the text is no cursor, for instance because a person edited the address. */
export function parseCursor(cursor: string): readonly [sortKey: string, id: string] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(parts) && parts.length === 2 && parts.every(isStorable))
      return [parts[0] as string, parts[1] as string]
  } catch {
    // Fall through: it is no JSON.
  }
  return null
}

/** PostgreSQL refuses text with NUL or with half a surrogate pair; no cursor of ours has them. */
const isStorable = (part: unknown) =>
  typeof part === 'string' && part.isWellFormed() && !part.includes('\u0000')
