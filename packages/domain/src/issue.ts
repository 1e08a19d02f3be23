import type { Entity } from './entity.ts'
import type { AttachmentId, BikeId, CourierId, DeliveryId, IssueId } from './ids.ts'
import type { StateTable } from './state-machine.ts'

export const issueKinds = ['late', 'damaged', 'wrong_order', 'rude', 'bike_problem', 'other'] as const
export type IssueKind = (typeof issueKinds)[number]

export const issueReporters = ['customer', 'courier', 'restaurant', 'dispatcher'] as const
export type IssueReporter = (typeof issueReporters)[number]

export const issueStatuses = ['open', 'in_progress', 'resolved'] as const
export type IssueStatus = (typeof issueStatuses)[number]

export const issueEvents = ['start', 'stop', 'resolve', 'reopen'] as const
export type IssueEvent = (typeof issueEvents)[number]

export const issueTransitions: StateTable<IssueStatus, IssueEvent> = {
  open: { start: 'in_progress', stop: null, resolve: 'resolved', reopen: null },
  in_progress: { start: null, stop: 'open', resolve: 'resolved', reopen: null },
  resolved: { start: null, stop: null, resolve: null, reopen: 'open' },
}

export interface IssueComment {
  readonly atMs: number
  readonly author: string
  readonly text: string
}

export interface Issue extends Entity {
  readonly id: IssueId
  readonly kind: IssueKind
  readonly reporter: IssueReporter
  readonly status: IssueStatus
  readonly description: string
  readonly bikeId: BikeId | null
  readonly courierId: CourierId | null
  readonly deliveryId: DeliveryId | null
  readonly photoId: AttachmentId | null
  readonly comments: readonly IssueComment[]
}
