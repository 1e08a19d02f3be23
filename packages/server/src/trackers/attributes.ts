/**
 * Attributes: what a tracker says that has no column of its own. They end in a JSON column, so they are bounded (a hostile or
 * chatty tracker must not fill the disk) and free of what PostgreSQL's jsonb refuses (U+0000, lone surrogates).
 *
 * - At most 32 keys a report, in wire order, first of a name wins; names longer than 256 characters do not count as names.
 * - Text is cut at 256 characters. A nested value is kept if its JSON has at most 256 characters, else dropped.
 * - When anything was dropped, `attributesDropped` says how many.
 */
export const maxAttributes = 32
export const maxAttributeChars = 256
const maxDepth = 4

export type Attributes = Record<string, unknown>

export class AttributeCollector {
  #kept: Attributes | null = null
  #count = 0
  #dropped = 0

  /** Keeps a JSON value under its wire name. */
  add(name: string, value: unknown): void {
    if (value === undefined || value === null) return
    // '__proto__' would set the prototype instead of a key.
    if (name === '' || name === '__proto__' || name.length > maxAttributeChars) {
      this.#dropped++
      return
    }
    const key = storableText(name)
    if (this.#kept !== null && Object.hasOwn(this.#kept, key)) return
    const kept = storableValue(value)
    if (kept === undefined || this.#count === maxAttributes) {
      this.#dropped++
      return
    }
    this.#kept ??= {}
    this.#kept[key] = kept
    this.#count++
  }

  /** Keeps a query parameter: numbers and booleans get their type back, where that loses nothing ("007" stays text). */
  addText(name: string, value: string): void {
    if (value === 'true' || value === 'false') this.add(name, value === 'true')
    else this.add(name, value.length <= 32 && isCanonicalNumber(value) ? Number(value) : value)
  }

  finish(): Attributes | null {
    if (this.#dropped > 0) {
      this.#kept ??= {}
      this.#kept['attributesDropped'] = this.#dropped
    }
    return this.#kept
  }
}

/** The bounded, storable copy of a JSON object; `null` when nothing is in it. */
export function boundAttributes(source: object): Attributes | null {
  const collector = new AttributeCollector()
  addEntries(collector, source)
  return collector.finish()
}

/** Adds every own key of a JSON object. */
export function addEntries(collector: AttributeCollector, source: object): void {
  for (const name of Object.keys(source)) collector.add(name, (source as Attributes)[name])
}

function isCanonicalNumber(text: string): boolean {
  const value = Number(text)
  return Number.isFinite(value) && String(value) === text
}

function storableText(text: string): string {
  // Cut first: cutting may halve a surrogate pair, which toWellFormed repairs.
  const cut = text.length > maxAttributeChars ? text.slice(0, maxAttributeChars) : text
  return cut.toWellFormed().replaceAll('\0', '\uFFFD')
}

function storableValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return storableLeaf(value)
  const copy = storableNested(value, 1)
  return copy !== undefined && JSON.stringify(copy).length <= maxAttributeChars ? copy : undefined
}

function storableLeaf(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'boolean' || value === null) return value
  return undefined
}

/** A copy with bounded depth, so that nothing behind it can run out of stack; undefined when it nests deeper. */
function storableNested(value: object, depth: number): unknown {
  if (depth > maxDepth) return undefined
  const entries = Object.entries(value)
  // Every entry costs at least two characters of JSON: more can never pass.
  if (entries.length > maxAttributeChars / 2) return undefined
  const copy: [string, unknown][] = []
  for (const [name, child] of entries) {
    if (name === '__proto__') return undefined
    const kept =
      typeof child === 'object' && child !== null ? storableNested(child, depth + 1) : storableLeaf(child)
    if (kept === undefined) return undefined
    copy.push([storableText(name), kept])
  }
  return Array.isArray(value) ? copy.map(([, child]) => child) : Object.fromEntries(copy)
}
