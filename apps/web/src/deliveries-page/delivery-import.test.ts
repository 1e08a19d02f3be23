import type { Delivery, DeliveryId } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KnownIds } from '../list-page/imported-rows.ts'
import type { DeliveryFormResult } from './delivery-form.tsx'
import { createImport, findImportedDeliveries, importedId } from './delivery-import.ts'

const stop = (address: string, lat = 52.3) => ({
  address,
  point: { lat, lon: 4.9 },
  window: { fromMs: 1_764_000_000_000, toMs: 1_764_003_600_000 },
  contact: '',
  note: '',
})
const row = (no: number, lat?: number): DeliveryFormResult => ({
  pickup: stop('Keuken', lat),
  dropoff: stop(`Straat ${no}`, lat),
  size: 'small',
  priority: 'normal',
})

/** A server that knows what was created and what of it was undone. */
function createServer() {
  const there = new Map<string, string>()
  const removed = new Set<string>()
  const known = (ids: readonly DeliveryId[]): Promise<KnownIds<Pick<Delivery, 'id' | 'code'>>> =>
    Promise.resolve({
      there: ids.flatMap((id) => (there.has(id) ? [{ id, code: there.get(id)! }] : [])),
      removed: ids.filter((id) => removed.has(id)),
    })
  return {
    async importFile(file: readonly DeliveryFormResult[]) {
      const { commands } = createImport(await findImportedDeliveries(file, known))
      for (const { id } of commands) {
        if (there.has(id) || removed.has(id)) throw new Error('This id was given before')
        there.set(id, `D-${there.size + removed.size}`)
      }
      return commands.map(({ id }) => id)
    },
    undo(ids: readonly string[]) {
      for (const id of ids) if (there.delete(id)) removed.add(id)
    },
    count: () => there.size,
  }
}

test('whatever is imported and undone in whatever order, each row of the last file is there once', async () => {
  const file = fc.array(
    fc.integer({ min: 0, max: 5 }).map((no) => row(no)),
    { minLength: 1, maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(file, fc.boolean()), { minLength: 1, maxLength: 6 }),
      async (steps) => {
        const server = createServer()
        for (const [file, undone] of steps) {
          const created = await server.importFile(file)
          expect(await server.importFile(file)).toEqual([])
          if (undone) server.undo(created)
        }
        const [last] = steps.at(-1)!
        await server.importFile(last)
        // At most as often as some file says it.
        const most = (no: number) =>
          Math.max(
            ...steps.map(([file]) => file.filter(({ dropoff }) => dropoff.address === `Straat ${no}`).length),
          )
        expect(server.count()).toBeLessThanOrEqual([0, 1, 2, 3, 4, 5].reduce((sum, no) => sum + most(no), 0))
        expect(server.count()).toBeGreaterThanOrEqual(last.length)
      },
    ),
  )
})

test('a corrected file creates what was corrected, and where an address is does not matter', async () => {
  const server = createServer()
  expect(await server.importFile([row(1), row(2)])).toHaveLength(2)
  expect(await server.importFile([row(1, 52.4), row(2), row(3)])).toEqual([importedId(row(3), 0, 0)])
})

test('the same rows have the same key, so that a request that is sent again is done once', async () => {
  const rows = await findImportedDeliveries([row(1), row(2)], () =>
    Promise.resolve({ there: [], removed: [] }),
  )
  expect(createImport(rows).key).toBe(createImport([...rows]).key)
  expect(createImport(rows.slice(1)).key).not.toBe(createImport(rows).key)
})
