import { AppError } from '@fleet/domain'
import { describe, expect, test } from 'vitest'
import { makeBike, readLog, checkLog, type MakeDatabase } from './harness.ts'

export function describeOpeningContract(name: string, makeDatabase: MakeDatabase): void {
  describe(`${name}: opening`, () => {
    test('five instances may open an empty database at once', async () => {
      const database = await makeDatabase()
      const stores = await Promise.all(Array.from({ length: 5 }, () => database.open()))
      await Promise.all(stores.map((store) => makeBike(store)))
      const logIds = await Promise.all(stores.map(async (store) => (await store.snapshot()).logId))
      expect(new Set(logIds).size).toBe(1)
      const log = await readLog(stores[0]!)
      expect(log).toHaveLength(5)
      expect(checkLog(log)).toEqual([])
      await Promise.all(stores.map((store) => store.close()))
      await database.close()
    })

    test('closing twice is closing once', async () => {
      const database = await makeDatabase()
      const store = await database.open()
      await Promise.all([store.close(), store.close()])
      await store.close()
      await database.close()
    })

    test('a database of a newer program is left alone', async () => {
      const database = await makeDatabase()
      await (await database.open()).close()
      await database.pretendNewerSchema()
      const opening = database.open()
      await expect(opening).rejects.toThrow(AppError)
      await expect(opening).rejects.toMatchObject({ code: 'schema_too_new' })
      await database.close()
    })
  })
}
