import { createHash } from 'node:crypto'
import {
  accept,
  refuse,
  type AttachmentId,
  type AttachmentKind,
  type CourierId,
  type Decision,
} from '@fleet/domain'
import { sql, type Kysely } from 'kysely'
import type { Backend } from './backend.ts'
import { loadEntity } from './entities.ts'
import type { Attachment, AttachmentSubject, NewAttachment } from './port.ts'
import type { Schema } from './schema.ts'

/** Held shared by whoever names an attachment, alone by whoever removes those that nobody names. */
export const attachmentsLock = 'attachments'

/** See `Store.putAttachment`. The id is the key: whatever died where, sending it again is right. */
export function putAttachment<Tx>(backend: Backend<Tx>, attachment: NewAttachment): Promise<Decision<null>> {
  const { id, subject, kind, mediaType, bytes, createdBy, nowMs, onlyForCourier = null } = attachment
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return backend.command(async (tx): Promise<Decision<null>> => {
    await tx.lock(`attachment:${id}`)
    const known = await tx.db
      .selectFrom('attachments')
      .select(['subject_id', 'kind', 'sha256'])
      .where('id', '=', id)
      .executeTakeFirst()
    const refusal = await checkSubject(tx.db, subject, onlyForCourier)
    if (!refusal.ok) return refusal
    if (known)
      return known.subject_id === subject.id && known.kind === kind && known.sha256 === sha256
        ? accept(null)
        : refuse('already_exists', 'Another attachment has this id. Choose a new one.', { field: 'id' })
    await tx.db
      .insertInto('attachments')
      .values({
        id,
        subject_kind: subject.kind,
        subject_id: subject.id,
        kind,
        media_type: mediaType,
        sha256,
        created_at_ms: nowMs,
        created_by: createdBy,
        bytes,
      })
      .execute()
    return accept(null)
  })
}

/** A delivery must be there, and be the courier's. An issue is reported with its photo: it need not be there yet. */
async function checkSubject(
  db: Kysely<Schema>,
  { kind, id }: AttachmentSubject,
  own: CourierId | null,
): Promise<Decision<null>> {
  const row = await loadEntity(db, kind, id)
  const isFine = row === null ? kind === 'issue' : own === null || row.courierId === own
  return isFine
    ? accept(null)
    : refuse('not_found', `There is no such ${kind}.`, { field: kind === 'issue' ? 'issueId' : 'deliveryId' })
}

const subjectOf = (row: { subject_kind: AttachmentSubject['kind']; subject_id: string }) =>
  ({ kind: row.subject_kind, id: row.subject_id }) as AttachmentSubject

export async function readAttachment(db: Kysely<Schema>, id: AttachmentId): Promise<Attachment | null> {
  const row = await db
    .selectFrom('attachments')
    .select(['subject_kind', 'subject_id', 'kind', 'media_type', 'bytes'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return null
  const { kind, media_type: mediaType, bytes } = row
  return { id, subject: subjectOf(row), kind, mediaType, bytes }
}

/** Without its bytes. */
export async function findAttachment(
  db: Kysely<Schema>,
  id: string,
): Promise<{ readonly subject: AttachmentSubject; readonly kind: AttachmentKind } | null> {
  const row = await db
    .selectFrom('attachments')
    .select(['subject_kind', 'subject_id', 'kind'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row ? { subject: subjectOf(row), kind: row.kind } : null
}

/** Removes what was stored before `beforeMs` and is named by no delivery and no issue. */
export async function removeOrphans<Tx>(backend: Backend<Tx>, beforeMs: number): Promise<void> {
  await backend.command(async (tx) => {
    await tx.lock(attachmentsLock)
    await tx.db
      .deleteFrom('attachments')
      .where('created_at_ms', '<', beforeMs)
      .where(
        sql<boolean>`not exists (
          select 1 from deliveries d
          where d.id = attachments.subject_id
            and (d.proof ->> 'photoId' = attachments.id or d.proof ->> 'signatureId' = attachments.id)
        ) and not exists (
          select 1 from issues i where i.id = attachments.subject_id and i.photo_id = attachments.id
        )`,
      )
      .execute()
  })
}
