import type { BulkCommand } from '@fleet/api'
import { createId, type Delivery, type DeliveryId } from '@fleet/domain'
import { contentHash, hexOf } from '../list-page/content-hash.ts'
import { findImported, type ImportedRow, type KnownIds } from '../list-page/imported-rows.ts'
import type { DeliveryFormResult } from './delivery-form.tsx'

/** Two parcels may go the same way: then they differ in `nth`. */
export function importedId(delivery: DeliveryFormResult, nth: number, attempt: number): DeliveryId {
  // Where an address is may be known better tomorrow.
  const text = JSON.stringify([delivery, nth, attempt], (key, value: unknown) =>
    key === 'point' ? null : value,
  )
  return createId<DeliveryId>(Math.max(0, delivery.pickup.window.fromMs), contentHash(text))
}

type ImportedDelivery = Pick<Delivery, 'id' | 'code'>
/** A delivery of a file that may be imported. */
export type DeliveryRow = ImportedRow<DeliveryFormResult, ImportedDelivery>

/** @param known asks the server which ids are taken */
export const findImportedDeliveries = (
  deliveries: readonly DeliveryFormResult[],
  known: (ids: readonly DeliveryId[]) => Promise<KnownIds<ImportedDelivery>>,
): Promise<readonly DeliveryRow[]> => findImported(deliveries, importedId, known)

/** One request that creates all rows that are new, or nothing; the same key for the same rows. */
export function createImport(rows: readonly DeliveryRow[]): {
  readonly key: string
  readonly commands: BulkCommand[]
} {
  const fresh = rows.filter(({ there }) => there === null)
  return {
    key: `csv-${hexOf(contentHash(fresh.map(({ id }) => id).join()))}`,
    commands: fresh.map(({ content, id }): BulkCommand => ({ type: 'delivery.create', id, ...content })),
  }
}
