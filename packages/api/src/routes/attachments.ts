import { attachmentKinds } from '@fleet/domain'
import { z } from 'zod'
import * as s from '../schemas.ts'
import { byId, route, signedIn, street, type Route } from './route.ts'

export const maxAttachmentBytes = 2 * 1024 * 1024
const maxBase64Chars = Math.ceil(maxAttachmentBytes / 3) * 4

/** What it belongs to: one of them. The issue may be reported afterwards. */
const subject = { deliveryId: s.deliveryId.optional(), issueId: s.issueId.optional() }
const hasOneSubject = (body: { deliveryId?: unknown; issueId?: unknown }) =>
  (body.deliveryId === undefined) !== (body.issueId === undefined)

/** A photo or signature, named by the client before it is sent, so that a phone may send it again. */
const attachmentBody = z
  .discriminatedUnion('type', [
    z.strictObject({
      /** JPEG, PNG or WebP; what it is, is found out from the bytes. */
      type: z.literal('image'),
      ...subject,
      kind: z.enum(attachmentKinds),
      /** Base64, with padding. */
      data: z
        .string()
        .min(1)
        .max(maxBase64Chars, `must hold no more than ${maxAttachmentBytes} bytes`)
        // Without groups: a pattern with them runs out of stack on a large photo.
        .refine((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text), 'must be base64'),
    }),
    z.strictObject({
      /** A signature as it was drawn. */
      type: z.literal('strokes'),
      ...subject,
      widthPx: z.int().min(1).max(4000),
      heightPx: z.int().min(1).max(4000),
      /** The `d` of an SVG path: moves and lines. */
      path: z
        .string()
        .min(1)
        .max(200_000)
        .regex(/^[MLml0-9 .,-]+$/, 'must be an SVG path of moves (M) and lines (L)'),
    }),
  ])
  .refine(hasOneSubject, 'must name a delivery or an issue, one of them')

export const attachmentsRoutes = {
  putAttachment: route({
    method: 'PUT',
    path: '/api/attachments/:id',
    tag: 'Deliveries',
    summary: 'Store a photo or signature, which a delivery or an issue may then name',
    roles: street,
    params: byId(s.attachmentId),
    body: attachmentBody,
    bodyLimitBytes: maxBase64Chars + 4096,
    response: z.object({ id: s.attachmentId, mediaType: z.string(), byteCount: z.int() }),
    mutation: true,
  }),
  getAttachment: route({
    method: 'GET',
    path: '/api/attachments/:id',
    tag: 'Deliveries',
    summary: 'A photo or signature',
    roles: signedIn,
    params: byId(s.attachmentId),
    mediaType: 'image/*',
    mutation: false,
  }),
} as const satisfies Record<string, Route>
