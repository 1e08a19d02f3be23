import { IconAlertTriangle, IconBike, IconPackage, IconPolygon, IconUser } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { issueName } from '../issues-page/issue-actions.ts'
import { useLive } from '../live/live-hooks.ts'
import type { PaletteEntry } from './palette-registry.ts'

/** Every record that the live picture holds, as it was when the palette opened. */
export function useRecordEntries(): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { registry } = useLive()
  return useMemo(
    () => [
      ...Array.from(registry.deliveries.values(), (delivery): PaletteEntry => ({
        id: `delivery-${delivery.id}`,
        group: 'record',
        icon: IconPackage,
        title: delivery.code,
        detail: `${t(`deliveryStatus.${delivery.status}`)} · ${delivery.dropoff.address}`,
        keywords: `${delivery.pickup.address} ${delivery.dropoff.contact}`,
        run: () => void navigate({ to: '/deliveries', search: { d: delivery.code } }),
      })),
      ...Array.from(registry.bikes.values(), (bike): PaletteEntry => ({
        id: `bike-${bike.id}`,
        group: 'record',
        icon: IconBike,
        title: bike.code,
        detail: t(`bikeStatus.${bike.status}`),
        run: () => void navigate({ to: '/', search: { bike: bike.code } }),
      })),
      ...Array.from(registry.couriers.values(), (courier): PaletteEntry => ({
        id: `courier-${courier.id}`,
        group: 'record',
        icon: IconUser,
        title: courier.name,
        detail: t(`shift.${courier.shift}`),
        keywords: courier.phone,
        run: () => void navigate({ to: '/couriers', search: { c: String(courier.no) } }),
      })),
      ...Array.from(registry.issues.values(), (issue): PaletteEntry => ({
        id: `issue-${issue.id}`,
        group: 'record',
        icon: IconAlertTriangle,
        title: issueName(t, issue),
        detail: t(`issueStatus.${issue.status}`),
        run: () => void navigate({ to: '/issues', search: { i: issue.id } }),
      })),
      ...Array.from(registry.zones.values(), (zone): PaletteEntry => ({
        id: `zone-${zone.id}`,
        group: 'record',
        icon: IconPolygon,
        title: zone.name,
        detail: t(`zoneKind.${zone.kind}`),
        run: () => void navigate({ to: '/zones', search: { z: zone.id } }),
      })),
    ],
    [registry, navigate, t],
  )
}
