import type { AttachmentKind, DeliveryId, IssueId } from '@fleet/domain'
import type { AttachmentSubject, Store } from '@fleet/store'
import type { SignedIn } from '../../auth/sessions.ts'
import type { Handlers } from '../call.ts'
import { sniffImage } from '../image-type.ts'
import { HttpProblem, refusalProblem } from '../problem.ts'
import type { HandlerDeps } from './deps.ts'
import { readOwnDelivery, restrictedTo } from './own.ts'

export function attachmentHandlers({
  store,
  now,
}: HandlerDeps): Pick<Handlers, 'putAttachment' | 'getAttachment'> {
  return {
    async putAttachment(call) {
      const { id } = call.params
      const file = readFile(call.body)
      const decision = await store.putAttachment({
        id,
        subject: subjectOf(call.body),
        ...file,
        createdBy: call.signedIn.user.id,
        nowMs: now(),
        onlyForCourier: restrictedTo(call.signedIn),
      })
      if (!decision.ok) throw refusalProblem(decision.refusal)
      return { body: { id, mediaType: file.mediaType, byteCount: file.bytes.length } }
    },

    async getAttachment(call) {
      const attachment = await store.attachment(call.params.id)
      if (!attachment) throw new HttpProblem('not_found', 'There is no such attachment.')
      await checkMaySee(store, call.signedIn, attachment.subject)
      // Under one id there is only ever one content.
      return {
        body: undefined,
        media: { type: attachment.mediaType, bytes: attachment.bytes },
        version: 1,
      }
    },
  }
}

/** A courier sees what belongs to their own deliveries and reports; the answer is the same for what is not there. */
async function checkMaySee(store: Store, signedIn: SignedIn, subject: AttachmentSubject): Promise<void> {
  if (subject.kind === 'delivery') {
    await readOwnDelivery(store, signedIn, subject.id)
    return
  }
  const own = restrictedTo(signedIn)
  const issue = await store.get('issue', subject.id)
  if (!issue || (own !== null && issue.courierId !== own))
    throw new HttpProblem('not_found', 'There is no such issue.')
}

interface SentSubject {
  readonly deliveryId?: DeliveryId | undefined
  readonly issueId?: IssueId | undefined
}

/** The route's schema lets through exactly one of them. */
const subjectOf = ({ deliveryId, issueId }: SentSubject): AttachmentSubject =>
  deliveryId === undefined ? { kind: 'issue', id: issueId! } : { kind: 'delivery', id: deliveryId }

type Sent =
  | { readonly type: 'image'; readonly kind: AttachmentKind; readonly data: string }
  | { readonly type: 'strokes'; readonly widthPx: number; readonly heightPx: number; readonly path: string }

function readFile(sent: Sent): {
  kind: AttachmentKind
  mediaType: string
  bytes: Uint8Array
} {
  if (sent.type === 'strokes')
    return { kind: 'signature', mediaType: 'image/svg+xml', bytes: Buffer.from(drawing(sent)) }
  const bytes = Buffer.from(sent.data, 'base64')
  const mediaType = sniffImage(bytes)
  if (mediaType === null)
    throw new HttpProblem('invalid_request', 'data: is no JPEG, PNG or WebP image.', {
      errors: [{ field: 'data', message: 'is no JPEG, PNG or WebP image' }],
    })
  return { kind: sent.kind, mediaType, bytes }
}

/** The route's schema lets nothing into the path that could end the attribute. */
function drawing({ widthPx, heightPx, path }: Extract<Sent, { type: 'strokes' }>): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${widthPx} ${heightPx}">` +
    `<path d="${path}" fill="none" stroke="#000" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`
  )
}
