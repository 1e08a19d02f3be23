import { createId, type DeliveryId } from '@fleet/domain'

/**
 * A new id or key. Not `crypto.randomUUID`, which browsers keep from pages that came over plain http.
 *
 * @param nowMs epoch ms: those that are made later sort later
 */
export const newId = <Id extends string = string>(nowMs: number): Id =>
  createId<DeliveryId>(nowMs, crypto.getRandomValues(new Uint8Array(10))) as string as Id
