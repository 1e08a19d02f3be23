import { circleAround, type Zone, type ZoneId } from '@fleet/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ZoneFields } from './zone-actions.ts'
import { createZonesImport, findImportedZones, freshZones, importedZoneId } from './zones-import.ts'

const area = (no: number): ZoneFields => ({
  name: `Zone ${no}`,
  kind: 'slow',
  polygon: circleAround({ lat: 52.37, lon: 4.9 }, 100 + no, 5),
})
const rowOf = (fields: ZoneFields, id: string): Zone => ({
  ...fields,
  id: id as ZoneId,
  version: 1,
  createdAtMs: 0,
  updatedAtMs: 0,
  demo: false,
})

/** A server that never gives an id twice, and a page that shows what is there. */
function createServer() {
  const there = new Map<string, Zone>()
  const removed = new Set<ZoneId>()
  return {
    there,
    async importFile(file: readonly ZoneFields[]) {
      const rows = await findImportedZones(file, there.values(), (ids) =>
        Promise.resolve({
          there: ids.flatMap((id) => there.get(id) ?? []),
          removed: ids.filter((id) => removed.has(id)),
        }),
      )
      const { zones } = createZonesImport(freshZones(rows))
      for (const { id, ...fields } of zones) {
        if (there.has(id) || removed.has(id)) throw new Error('This id was given before')
        there.set(id, rowOf(fields, id))
      }
      return zones.map(({ id }) => id)
    },
    remove(ids: readonly ZoneId[]) {
      for (const id of ids) if (there.delete(id)) removed.add(id)
    },
  }
}

test('whatever is imported and removed in whatever order, each zone of the last file is there once', async () => {
  const file = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(file, fc.boolean()), { minLength: 1, maxLength: 6 }),
      async (steps) => {
        const server = createServer()
        for (const [file, isRemoved] of steps) {
          const drawn = await server.importFile(file.map(area))
          expect(await server.importFile(file.map(area))).toEqual([])
          if (isRemoved) server.remove(drawn)
        }
        const [last] = steps.at(-1)!
        await server.importFile(last.map(area))
        const names = [...server.there.values()].map(({ name }) => name)
        expect(new Set(names).size).toBe(names.length)
        for (const no of last) expect(names).toContain(area(no).name)
      },
    ),
  )
})

test('a zone that was drawn by hand and exported is here already', async () => {
  const server = createServer()
  server.there.set('by hand', rowOf(area(1), 'by hand'))
  expect(await server.importFile([area(1), area(2)])).toEqual([importedZoneId(area(2), 0)])
})

test('another name, kind or outline is another zone', () => {
  const ids = [area(1), area(2), { ...area(1), kind: 'depot' as const }, { ...area(1), name: 'Zone 2' }]
  expect(new Set(ids.map((fields) => importedZoneId(fields, 0))).size).toBe(4)
})
