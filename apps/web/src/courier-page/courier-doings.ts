import type { CallInput } from '@fleet/api'
import {
  type AttachmentId,
  type Courier,
  type Delivery,
  type DeliveryId,
  type IssueId,
  type IssueKind,
  type ShiftEvent,
  shiftTransitions,
} from '@fleet/domain'
import type { TFunction } from 'i18next'
import type { Intent, OutboxRequest } from '../outbox/outbox-entry.ts'

/** Something to do, and what taking it back is called and looks like. */
export interface Doing {
  readonly intent: Intent
  readonly undoing: Pick<Intent, 'done' | 'shows'>
}

/** A new id or key. */
export type NewId = <Id extends string = string>() => Id

/** @returns epoch ms */
export type Clock = () => number

export interface Photo {
  readonly id: AttachmentId
  /** JPEG, base64. */
  readonly data: string
}

/** A signature as it was drawn. */
export interface Strokes {
  readonly id: AttachmentId
  readonly widthPx: number
  readonly heightPx: number
  /** The `d` of an SVG path. */
  readonly path: string
}

export interface ProofDraft {
  readonly receivedBy: string
  readonly note: string
  readonly pin: string
  readonly photo: Photo | null
  readonly signature: Strokes | null
}

export interface ProblemDraft {
  readonly kind: IssueKind
  readonly description: string
  readonly photo: Photo | null
}

const step = (
  t: TFunction,
  done: string,
  delivery: Delivery,
  patch: Partial<Delivery>,
  requests: Intent['requests'],
): Doing => ({
  intent: { done, requests, shows: [{ kind: 'delivery', id: delivery.id, patch }] },
  undoing: {
    done: t('action.undone', { done }),
    shows: [
      {
        kind: 'delivery',
        id: delivery.id,
        patch: { status: delivery.status, failureReason: delivery.failureReason },
      },
    ],
  },
})

/*
 * A step says when it was taken, which may be long before it can be sent.
 * No step names the version that the courier saw: it happened in the street, whatever a dispatcher wrote meanwhile.
 * Whether it may be, the server says: whose the delivery is, and what state it is in.
 */

export const pickUp = (t: TFunction, newId: NewId, now: Clock, delivery: Delivery): Doing =>
  step(t, t('delivery.done.pick_up', { subject: delivery.code }), delivery, { status: 'picked_up' }, [
    {
      route: 'pickUpDelivery',
      input: { params: { id: delivery.id }, body: { happenedAtMs: now() } },
      key: newId(),
    },
  ])

export function deliver(
  t: TFunction,
  newId: NewId,
  now: Clock,
  delivery: Delivery,
  proof: ProofDraft,
): Doing {
  const { photo, signature } = proof
  const { id } = delivery
  const [receivedBy, note] = [proof.receivedBy.trim(), proof.note.trim()]
  const body: CallInput<'deliverDelivery'>['body'] = {
    ...(receivedBy === '' ? {} : { receivedBy }),
    ...(note === '' ? {} : { note }),
    ...(photo === null ? {} : { photoId: photo.id }),
    ...(signature === null ? {} : { signatureId: signature.id }),
    ...(delivery.pinRequired ? { pin: proof.pin } : {}),
    happenedAtMs: now(),
  }
  return step(t, t('delivery.done.deliver', { subject: delivery.code }), delivery, { status: 'delivered' }, [
    ...(photo === null ? [] : [putPhoto(newId, photo, { deliveryId: id })]),
    ...(signature === null ? [] : [putSignature(newId, signature, id)]),
    { route: 'deliverDelivery', input: { params: { id }, body }, key: newId() },
  ])
}

export const fail = (t: TFunction, newId: NewId, now: Clock, delivery: Delivery, reason: string): Doing =>
  step(
    t,
    t('delivery.done.fail', { subject: delivery.code }),
    delivery,
    { status: 'failed', failureReason: reason },
    [
      {
        route: 'failDelivery',
        input: { params: { id: delivery.id }, body: { reason, happenedAtMs: now() } },
        key: newId(),
      },
    ],
  )

export function report(
  t: TFunction,
  newId: NewId,
  { kind, description, photo }: ProblemDraft,
  about: Pick<Courier, 'bikeId'> & { readonly delivery: Delivery | null },
): Doing {
  const issueId = newId<IssueId>()
  const done = t('me.reported', { kind: t(`issueKind.${kind}`) })
  const request: OutboxRequest = {
    route: 'createIssue',
    input: {
      body: {
        id: issueId,
        kind,
        reporter: 'courier',
        description: description.trim(),
        bikeId: about.bikeId,
        deliveryId: about.delivery?.id ?? null,
        photoId: photo?.id ?? null,
      },
    },
    key: newId(),
  }
  return {
    intent: {
      done,
      requests: [...(photo === null ? [] : [putPhoto(newId, photo, { issueId })]), request],
      shows: [],
    },
    undoing: { done: t('action.undone', { done }), shows: [] },
  }
}

export function stepShift(t: TFunction, newId: NewId, courier: Courier, event: ShiftEvent): Doing {
  const { id, shift, bikeId } = courier
  const done = t(`me.shiftDone.${event}`)
  const next = shiftTransitions[shift][event] ?? shift
  return {
    intent: {
      done,
      requests: [{ route: 'stepShift', input: { params: { id }, body: { event } }, key: newId() }],
      shows: [{ kind: 'courier', id, patch: { shift: next, ...(next === 'off' ? { bikeId: null } : {}) } }],
    },
    undoing: {
      done: t('action.undone', { done }),
      shows: [{ kind: 'courier', id, patch: { shift, bikeId } }],
    },
  }
}

const putPhoto = (
  newId: NewId,
  { id, data }: Photo,
  of: { readonly deliveryId: DeliveryId } | { readonly issueId: IssueId },
): OutboxRequest => ({
  route: 'putAttachment',
  input: { params: { id }, body: { type: 'image', ...of, kind: 'photo', data } },
  key: newId(),
})

const putSignature = (newId: NewId, { id, ...strokes }: Strokes, deliveryId: DeliveryId): OutboxRequest => ({
  route: 'putAttachment',
  input: { params: { id }, body: { type: 'strokes', deliveryId, ...strokes } },
  key: newId(),
})
