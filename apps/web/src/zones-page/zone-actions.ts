import type { Zone } from '@fleet/domain'
import type { TFunction } from 'i18next'
import type { Action } from '../actions/action.ts'
import { pendingChange } from '../live/pending-changes.ts'

export type ZoneFields = Pick<Zone, 'name' | 'kind' | 'polygon'>

const sent = <T extends Partial<ZoneFields>>({ polygon, ...fields }: T) => ({
  ...fields,
  ...(polygon === undefined ? {} : { polygon: [...polygon] }),
})

export function createZoneAction(t: TFunction, zone: Pick<Zone, 'id'> & ZoneFields): Action<'createZone'> {
  return {
    route: 'createZone',
    input: { body: { ...zone, polygon: [...zone.polygon] } },
    done: t('zone.done.create', { name: zone.name }),
    answered: (row) => [['zone', row]],
  }
}

/**
 * @param zone as the person saw it
 * @param what changed, in words
 */
export function editZoneAction(
  t: TFunction,
  zone: Zone,
  patch: Partial<ZoneFields>,
  what: string,
): Action<'updateZone'> {
  return {
    route: 'updateZone',
    input: { params: { id: zone.id }, ifMatch: zone.version, body: sent(patch) },
    done: t('zone.done.edit', { name: patch.name ?? zone.name, what }),
    subject: zone.name,
    expected: [pendingChange('zone', zone.id, (row) => ({ ...(row ?? zone), ...patch }))],
    answered: (row) => [['zone', row]],
  }
}

export function removeZoneAction(t: TFunction, zone: Zone): Action<'removeZone'> {
  return {
    route: 'removeZone',
    input: { params: { id: zone.id }, ifMatch: zone.version },
    done: t('zone.done.remove', { name: zone.name }),
    subject: zone.name,
    expected: [pendingChange('zone', zone.id, () => null)],
  }
}

/** All of them or none, and one undo for all. */
export function importZonesAction(
  t: TFunction,
  key: string,
  zones: readonly (Pick<Zone, 'id'> & ZoneFields)[],
): Action<'importZones'> {
  return {
    route: 'importZones',
    key,
    input: { body: { zones: zones.map((zone) => ({ ...zone, polygon: [...zone.polygon] })) } },
    done: t('zone.done.import', { count: zones.length }),
    answered: ({ items }) => items.map((row) => ['zone', row] as const),
  }
}
