declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

export type BikeId = Id<'bike'>
export type CourierId = Id<'courier'>
export type DeliveryId = Id<'delivery'>
export type IssueId = Id<'issue'>
export type ZoneId = Id<'zone'>
export type DeviceId = Id<'device'>
export type UserId = Id<'user'>
export type ServiceEntryId = Id<'service'>
export type AttachmentId = Id<'attachment'>
export type SavedViewId = Id<'view'>

/**
 * A UUID version 7 (RFC 9562): sorts by creation time, so that new rows land at the end of an index.
 *
 * @param nowMs epoch milliseconds
 * @param random at least 10 random bytes
 */
export function createId<T extends Id<string>>(nowMs: number, random: Uint8Array): T {
  const bytes = new Uint8Array(16)
  let rest = nowMs
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes.set(random.subarray(0, 10), 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as T
}
