import { bikeStatuses } from '@fleet/domain'
import { UnstyledButton } from '@mantine/core'
import { IconMinus, IconPlus, IconZoomScan } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetMap } from '../map/fleet-map.ts'
import { StatusIcon } from './status-icon.tsx'
import styles from './map-tools.module.css'

/** Buttons and legend on the map, beside whatever panel is open. */
export const MapTools = memo(function MapTools({ map, roomy }: { map: FleetMap | null; roomy: boolean }) {
  const { t } = useTranslation()
  const [legendOpen, setLegendOpen] = useState(true)
  if (map === null) return null
  return (
    <>
      <div className={styles.zoom} role="group" aria-label={t('map.label')}>
        <UnstyledButton aria-label={t('map.zoomIn')} aria-keyshortcuts="+" onClick={() => map.zoomBy(1)}>
          <IconPlus size={18} stroke={1.75} aria-hidden />
        </UnstyledButton>
        <UnstyledButton aria-label={t('map.zoomOut')} aria-keyshortcuts="-" onClick={() => map.zoomBy(-1)}>
          <IconMinus size={18} stroke={1.75} aria-hidden />
        </UnstyledButton>
        <UnstyledButton aria-label={t('map.reset')} aria-keyshortcuts="0" onClick={() => map.showFleet()}>
          <IconZoomScan size={18} stroke={1.75} aria-hidden />
        </UnstyledButton>
      </div>
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
        {roomy && <span>{t('map.attribution')}</span>}
      </div>
    </>
  )
})
