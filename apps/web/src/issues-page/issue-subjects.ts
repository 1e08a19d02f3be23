import type { Issue } from '@fleet/domain'
import type { Registry } from '../live/registry.ts'
import { searchable } from '../list-page/searchable.ts'

type Subjects = Pick<Issue, 'bikeId' | 'courierId' | 'deliveryId'>
export type SubjectRows = Pick<Registry, 'bikes' | 'couriers' | 'deliveries'>

/** What an issue is about, as people call it; undefined for what is not (any more) known. */
export const subjectsOf = ({ bikeId, courierId, deliveryId }: Subjects, rows: SubjectRows) => ({
  bike: bikeId === null ? undefined : rows.bikes.get(bikeId),
  courier: courierId === null ? undefined : rows.couriers.get(courierId),
  delivery: deliveryId === null ? undefined : rows.deliveries.get(deliveryId),
})

/** All that an issue can be found by. */
export function issueSearchText(issue: Issue, rows: SubjectRows): string {
  const { bike, courier, delivery } = subjectsOf(issue, rows)
  return searchable(
    [
      issue.description,
      bike?.code ?? '',
      courier?.name ?? '',
      delivery?.code ?? '',
      delivery?.dropoff.address ?? '',
      ...issue.comments.map(({ text }) => text),
    ].join('\n'),
  )
}
