import { bikeStatuses } from '@fleet/domain'
import { UnstyledButton } from '@mantine/core'
import { IconExternalLink, IconMinus, IconPlus, IconZoomScan } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetMap } from '../map/fleet-map.ts'
import { useImportedMap } from '../map/imported-map-query.ts'
import { StatusIcon } from './status-icon.tsx'
import styles from './map-tools.module.css'

interface MapToolsProps {
  readonly map: FleetMap | null
  readonly roomy: boolean
  /** Opens the map in a window of its own; left out in that window. */
  readonly onWindow?: () => void
}

/** Buttons and legend on the map, beside whatever panel is open. */
export const MapTools = memo(function MapTools({ map, roomy, onWindow }: MapToolsProps) {
  const { t } = useTranslation()
  const [legendOpen, setLegendOpen] = useState(true)
  // Asked here as well as by the map, which is loaded later: most often it then begins with the right one.
  const imported = useImportedMap()
  if (map === null) return null
  return (
    <>
      <MapZoom map={map} onWindow={onWindow} />
      <div className={styles.legend}>
        <UnstyledButton aria-expanded={legendOpen} onClick={() => setLegendOpen(!legendOpen)}>
          {t('map.legend')}
        </UnstyledButton>
        {legendOpen && (
          <ul>
            {bikeStatuses.map((status) => (
              <li key={status}>
                <StatusIcon status={status} size={14} />
                {t(`bikeStatus.${status}`)}
              </li>
            ))}
          </ul>
        )}
        {roomy && imported === null && <span>{t('map.attribution')}</span>}
      </div>
    </>
  )
})

export function MapZoom({ map, onWindow }: { map: FleetMap; onWindow?: (() => void) | undefined }) {
  const { t } = useTranslation()
  return (
    <div className={styles.zoom} role="group" aria-label={t('map.label')}>
      <UnstyledButton aria-label={t('map.zoomIn')} aria-keyshortcuts="+" onClick={() => map.camera.zoomBy(1)}>
        <IconPlus size={18} stroke={1.75} aria-hidden />
      </UnstyledButton>
      <UnstyledButton
        aria-label={t('map.zoomOut')}
        aria-keyshortcuts="-"
        onClick={() => map.camera.zoomBy(-1)}
      >
        <IconMinus size={18} stroke={1.75} aria-hidden />
      </UnstyledButton>
      <UnstyledButton
        aria-label={t('map.reset')}
        aria-keyshortcuts="0"
        onClick={() => map.camera.showFleet()}
      >
        <IconZoomScan size={18} stroke={1.75} aria-hidden />
      </UnstyledButton>
      {onWindow !== undefined && (
        <UnstyledButton aria-label={t('desktop.mapWindow')} onClick={onWindow}>
          <IconExternalLink size={18} stroke={1.75} aria-hidden />
        </UnstyledButton>
      )}
    </div>
  )
}
