import type { ZoneKind } from '@fleet/domain'
import { useComputedColorScheme } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { zoneColors } from '../map/base-palette.ts'
import list from '../list-page/list-page.module.css'
import styles from './zones-page.module.css'

/** The colour as it is on the map; always beside words. */
export function ZoneSwatch({ kind }: { kind: ZoneKind }) {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  return <i className={styles.swatch} style={{ color: zoneColors[kind][scheme] }} aria-hidden />
}

export function ZoneKindMark({ kind }: { kind: ZoneKind }) {
  const { t } = useTranslation()
  return (
    <span className={list.mark}>
      <ZoneSwatch kind={kind} />
      {t(`zoneKind.${kind}`)}
    </span>
  )
}
