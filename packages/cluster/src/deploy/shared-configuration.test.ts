import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPatched } from './shared-configuration.ts'

/** What Patroni makes of a patch (patroni/utils.py, patch_config). */
function patch(found: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change
  const merged: Record<string, unknown> =
    typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {}
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete merged[key]
    else merged[key] = patch(merged[key], value)
  }
  return merged
}

const key = fc.constantFrom('ttl', 'postgresql', 'parameters', 'pause')
const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b'), fc.boolean())
const { tree: configuration } = fc.letrec((tie) => ({
  tree: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaf, tie('tree')), { maxKeys: 3 }),
}))
const { tree: change } = fc.letrec((tie) => ({
  tree: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, leaf, fc.constant(null), tie('tree')), { maxKeys: 3 }),
}))

test('what was patched counts as patched', () => {
  fc.assert(fc.property(configuration, change, (found, wanted) => isPatched(patch(found, wanted), wanted)))
})

test('what counts as patched would not be changed by the patch', () => {
  fc.assert(
    fc.property(configuration, change, (found, wanted) => {
      fc.pre(isPatched(found, wanted))
      // An object that the patch only takes keys from may be absent or empty: both say the same.
      expect(withoutEmpty(patch(found, wanted))).toEqual(withoutEmpty(found))
    }),
  )
})

test('keys of the operator are left alone, numbers equal their texts, and a null must be absent', () => {
  expect(isPatched({ ttl: 20, pause: true }, { ttl: 20 })).toBe(true)
  expect(
    isPatched({ parameters: { max_connections: 100 } }, { parameters: { max_connections: '100' } }),
  ).toBe(true)
  expect(isPatched({ parameters: { work_mem: '4MB' } }, { parameters: { work_mem: null } })).toBe(false)
  expect(isPatched({}, { failsafe_mode: true })).toBe(false)
})

function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value)
    .map(([name, inner]) => [name, withoutEmpty(inner)] as const)
    .filter(([, inner]) => !(typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0))
  return Object.fromEntries(kept)
}
