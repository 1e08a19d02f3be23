import type { Zone } from '@fleet/domain'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'

/** For the palette: a new zone, and what can be done to the open one. */
export function useZoneEntries(
  create: (() => void) | null,
  zone: Zone | undefined,
  begin: ((zone: Zone) => void) | null,
): void {
  const { t } = useTranslation()
  const mayUpdate = useMay('updateZone')
  const entries = useMemo(
    (): readonly PaletteEntry[] => [
      ...(zone === undefined || begin === null || !mayUpdate
        ? []
        : [
            {
              id: 'change-outline',
              group: 'selection' as const,
              title: t('outline.change'),
              detail: zone.name,
              run: () => begin(zone),
            },
          ]),
      ...(create === null
        ? []
        : [{ id: 'new-zone', group: 'app' as const, title: t('zone.create'), shortcut: 'N', run: create }]),
    ],
    [create, zone, begin, mayUpdate, t],
  )
  usePaletteEntries(entries)
}
