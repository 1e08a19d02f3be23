import {
  accept,
  maxPinFailures,
  refuse,
  type AttachmentKind,
  type Decision,
  type Delivery,
  type DeliveryProof,
  type ProofGiven,
} from '@fleet/domain'
import { write } from './delivery-timeline.ts'
import type { CommandReader, Handling, HandlerContext } from './handler.ts'

/**
 * Whether the customer's PIN was given and right; false where none is asked for. A wrong one is counted, so that nobody
 * gets to try them all. Dispatchers know the PIN and need not give it.
 */
export async function checkPin(
  tx: CommandReader,
  delivery: Delivery,
  pin: string | undefined,
  context: HandlerContext,
): Promise<Decision<boolean> | Extract<Handling, { ok: false }>> {
  if (!delivery.pinRequired || (pin === undefined && !context.byCourier)) return accept(false)
  const field = 'pin'
  if (delivery.pinFailures >= maxPinFailures)
    return refuse(
      'wrong_pin',
      `The PIN was wrong ${maxPinFailures} times. Call the dispatcher, who can allow more tries.`,
      { field, current: delivery },
    )
  if (pin === undefined)
    return refuse('wrong_pin', 'Ask the customer for the PIN of four digits and enter it.', {
      field,
      current: delivery,
    })
  if (pin === (await tx.pinOf(delivery.id))) return accept(true)
  const left = maxPinFailures - delivery.pinFailures - 1
  const leaves = write(delivery, { pinFailures: delivery.pinFailures + 1 }, 'wrong_pin', context)
  const message = `This PIN is wrong; ${left} ${left === 1 ? 'try is' : 'tries are'} left.`
  return {
    ok: false,
    refusal: { code: 'wrong_pin', message, field, current: leaves[0].entity },
    leaves,
  }
}

/** Null when nothing was given that proves anything. */
export function proofOf(given: ProofGiven | undefined, pinChecked: boolean): DeliveryProof | null {
  if (given === undefined && !pinChecked) return null
  const { receivedBy = '', note = '', photoId = null, signatureId = null } = given ?? {}
  return { receivedBy, note, pinChecked, photoId, signatureId }
}

/** What a proof names must be there, and must be of this delivery. */
export async function checkAttachments(
  tx: CommandReader,
  deliveryId: string,
  proof: DeliveryProof | null,
): Promise<Decision<null>> {
  const photo = await checkAttachment(tx, deliveryId, 'photo', proof?.photoId ?? null)
  return photo.ok ? checkAttachment(tx, deliveryId, 'signature', proof?.signatureId ?? null) : photo
}

/** @param subjectId of the delivery or issue that names it */
export async function checkAttachment(
  tx: CommandReader,
  subjectId: string,
  kind: AttachmentKind,
  id: string | null,
): Promise<Decision<null>> {
  if (id === null) return accept(null)
  const attachment = await tx.attachment(id)
  return attachment?.kind === kind && attachment.subject.id === subjectId
    ? accept(null)
    : refuse('invalid_reference', `The ${kind} was not stored (any more). Send it again, then this.`, {
        field: `${kind}Id`,
      })
}
