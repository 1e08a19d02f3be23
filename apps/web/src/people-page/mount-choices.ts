import type { BikeId, CourierId, DeviceMount } from '@fleet/domain'
import type { Registry } from '../live/registry.ts'

export interface Choice {
  readonly value: string
  readonly label: string
}

const sorted = (choices: Choice[]): readonly Choice[] =>
  choices.sort((a, b) => a.label.localeCompare(b.label))

export const courierChoices = (couriers: Registry['couriers']): readonly Choice[] =>
  sorted(Array.from(couriers.values(), ({ id, name }) => ({ value: id, label: name })))

/** Everything that a tracker may be on, bikes first. */
export const mountChoices = ({
  bikes,
  couriers,
}: Pick<Registry, 'bikes' | 'couriers'>): readonly Choice[] => [
  ...sorted(Array.from(bikes.values(), ({ id, code }) => ({ value: `bike:${id}`, label: code }))),
  ...sorted(Array.from(couriers.values(), ({ id, name }) => ({ value: `courier:${id}`, label: name }))),
]

export const choiceOf = (mount: DeviceMount): string =>
  mount.on === 'bike' ? `bike:${mount.bikeId}` : `courier:${mount.courierId}`

export function mountOf(choice: string): DeviceMount {
  const id = choice.slice(choice.indexOf(':') + 1)
  return choice.startsWith('bike:')
    ? { on: 'bike', bikeId: id as BikeId }
    : { on: 'courier', courierId: id as CourierId }
}

/** What a tracker is on, as people call it. */
export const mountName = (
  mount: DeviceMount,
  { bikes, couriers }: Pick<Registry, 'bikes' | 'couriers'>,
): string =>
  (mount.on === 'bike' ? bikes.get(mount.bikeId)?.code : couriers.get(mount.courierId)?.name) ?? '–'
