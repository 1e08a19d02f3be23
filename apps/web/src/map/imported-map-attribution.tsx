import { useTranslation } from 'react-i18next'
import styles from './imported-map-attribution.module.css'

/** Whose data the imported map is: its licence asks for this wherever the map is seen. */
export function ImportedMapAttribution({ bottom }: { readonly bottom: number }) {
  const { t } = useTranslation()
  return (
    <a
      className={styles.attribution}
      style={{ bottom }}
      href="https://www.openstreetmap.org/copyright"
      target="_blank"
      rel="noreferrer"
    >
      {t('map.openStreetMap')}
    </a>
  )
}
