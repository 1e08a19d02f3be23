/** A search parameter that says something; undefined for one that is missing or empty. */
export function textParameter(search: Record<string, unknown>, key: string): string | undefined {
  const value = search[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Those of `all` that the text names, comma between, in the order of `all`. All of them is no filter: none. */
export function parseChoices<const T extends string>(all: readonly T[], text: string | undefined): T[] {
  const named = text?.split(',') ?? []
  const chosen = all.filter((value) => named.includes(value))
  return chosen.length === all.length ? [] : chosen
}

/** The filter with one value turned on or off; undefined for no filter. */
export function toggleChoice<const T extends string>(
  all: readonly T[],
  text: string | undefined,
  value: T,
): string | undefined {
  const on = parseChoices(all, text)
  const next = on.includes(value) ? on.filter((other) => other !== value) : [...on, value]
  const rest = parseChoices(all, next.join(','))
  return rest.length === 0 ? undefined : rest.join(',')
}

/** The values with which a parameter says something, for `validateSearch`. */
export function definedOnly<T extends Record<string, unknown>>(
  search: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as never
}

/** fromMs <= time < toMs, epoch ms. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** `1795388400000-1795474800000`: moments, since a clock in Amsterdam shows one hour of the year twice. */
export const renderSpan = ({ fromMs, toMs }: Span): string => `${fromMs}-${toMs}`

/** Null for what is no span. */
export function parseSpan(text: string | undefined): Span | null {
  const [, from, to] = /^(\d{1,13})-(\d{1,13})$/.exec(text ?? '') ?? []
  const span = { fromMs: Number(from), toMs: Number(to) }
  return span.fromMs < span.toMs ? span : null
}
