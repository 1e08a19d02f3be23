/** The body limit that both OsmAnd and OwnTracks requests get; the HTTP layer enforces it before a parser runs. */
export const maxTrackerBodyBytes = 64 * 1024

export type TrackerBody = Uint8Array | string | null

/** The body as text without the byte order mark, which JSON.parse refuses. Bytes that are no UTF-8 become U+FFFD. */
export function readBodyText(body: TrackerBody): string {
  if (body === null) return ''
  const text =
    typeof body === 'string'
      ? body
      : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** The media type alone: lower case, without parameters. */
export function readMediaType(contentType: string | null | undefined): string {
  if (!contentType) return ''
  const end = contentType.indexOf(';')
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

/** @returns the value, or undefined (which JSON cannot say) when the text is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
