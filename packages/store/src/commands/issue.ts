import { accept, issueTransitions, refuse, step, type Decision, type Issue } from '@fleet/domain'
import { checkAttachment } from './delivery-proof.ts'
import {
  changed,
  checkExists,
  checkIdIsNew,
  createdBy,
  loadExpected,
  type CommandReader,
  type HandlersOf,
} from './handler.ts'

type Subjects = Partial<Pick<Issue, 'bikeId' | 'courierId' | 'deliveryId'>>

export const issueHandlers: HandlersOf<'issue'> = {
  async 'issue.create'(tx, command, context) {
    const { id, kind, reporter, description, bikeId, courierId, deliveryId, photoId = null } = command
    const fields = { id, kind, reporter, description, bikeId, courierId, deliveryId, photoId }
    const isNew = await checkIdIsNew(tx, 'issue', fields.id)
    if (!isNew.ok) return isNew
    const subjects = await checkSubjects(tx, fields)
    if (!subjects.ok) return subjects
    const photo = await checkAttachment(tx, id, 'photo', photoId)
    if (!photo.ok) return photo
    const entity = { ...fields, status: 'open' as const, comments: [], ...createdBy(context) }
    return accept([{ kind: 'issue', change: 'insert', entity }])
  },

  async 'issue.update'(tx, { id, expectedVersion, patch }, context) {
    const issue = await loadExpected(tx, 'issue', id, expectedVersion)
    if (!issue.ok) return issue
    const subjects = await checkSubjects(tx, patch)
    if (!subjects.ok) return subjects
    return accept([{ kind: 'issue', change: 'update', entity: changed(issue.value, patch, context) }])
  },

  async 'issue.step'(tx, { id, expectedVersion, event }, context) {
    const issue = await loadExpected(tx, 'issue', id, expectedVersion)
    if (!issue.ok) return issue
    const status = step('issue', issueTransitions, issue.value.status, event)
    if (!status.ok) return status
    return accept([
      { kind: 'issue', change: 'update', entity: changed(issue.value, { status: status.value }, context) },
    ])
  },

  /** Comments never conflict: two people may write at once. */
  async 'issue.comment'(tx, { id, text }, context) {
    const issue = await tx.load('issue', id)
    if (!issue) return refuse('not_found', 'This issue does not exist (any more).', { field: 'id' })
    const comments = [...issue.comments, { atMs: context.nowMs, author: context.actor.name, text }]
    return accept([{ kind: 'issue', change: 'update', entity: changed(issue, { comments }, context) }])
  },
}

/** What an issue is about must exist when it is named; it may be removed later. */
async function checkSubjects(tx: CommandReader, subjects: Subjects): Promise<Decision<null>> {
  const delivery = await checkExists(tx, 'delivery', subjects.deliveryId ?? null, 'deliveryId')
  if (!delivery.ok) return delivery
  const courier = await checkExists(tx, 'courier', subjects.courierId ?? null, 'courierId')
  if (!courier.ok) return courier
  return checkExists(tx, 'bike', subjects.bikeId ?? null, 'bikeId')
}
