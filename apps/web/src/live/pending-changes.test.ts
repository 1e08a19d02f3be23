import type { Courier } from '@fleet/domain'
import { expect, test } from 'vitest'
import { applyPending, pendingChange } from './pending-changes.ts'
import { emptyRegistry, type Registry } from './registry.ts'

const courier = (id: string, name: string) => ({ id, name, version: 1 }) as unknown as Courier
const registry: Registry = { ...emptyRegistry, couriers: new Map([['a', courier('a', 'Anna')]]) }
const rename = (id: string, name: string) =>
  pendingChange('courier', id, (row) => (row === undefined ? undefined : { ...row, name }))

test('without pending changes the registry is the same object', () => {
  expect(applyPending(registry, [])).toBe(registry)
  expect(applyPending(registry, [rename('unknown', 'x')])).toBe(registry)
})

test('later changes go on top of earlier ones, and what the server told stays below', () => {
  const shown = applyPending(registry, [rename('a', 'Bea'), rename('a', 'Cor')])
  expect(shown.couriers.get('a')).toMatchObject({ name: 'Cor', version: 1 })
  expect(registry.couriers.get('a')!.name).toBe('Anna')
})

test('a row may come and go', () => {
  const shown = applyPending(registry, [
    pendingChange('courier', 'b', () => courier('b', 'Bram')),
    pendingChange('courier', 'a', () => null),
  ])
  expect([...shown.couriers.keys()]).toEqual(['b'])
})
