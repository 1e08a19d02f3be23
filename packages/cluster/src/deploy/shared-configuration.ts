/**
 * Whether Patroni's shared configuration already is what a patch would make of it (`PATCH /config`: objects are merged,
 * null removes a key). A number and its text are the same to Patroni.
 */
export function isPatched(found: unknown, patch: unknown): boolean {
  if (patch === null) return found === undefined || found === null
  if (isObject(patch)) {
    const keyed = found ?? {}
    if (!isObject(keyed)) return false
    return Object.entries(patch).every(([key, value]) => isPatched(keyed[key], value))
  }
  if (isScalar(patch)) return isScalar(found) && String(found) === String(patch)
  return JSON.stringify(found) === JSON.stringify(patch)
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
