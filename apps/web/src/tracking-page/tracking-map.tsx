import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { currentLanguage } from '../i18n/language.ts'
import styles from './tracking-page.module.css'
import { type NamedPoint, TwoPointMap } from './two-point-map.ts'

interface TrackingMapProps {
  readonly courier: NamedPoint
  readonly dropoff: NamedPoint
}

/** The customer's address and whoever is on the way to it. Without WebGL there is none: the words above say the same. */
export default function TrackingMap({ courier, dropoff }: TrackingMapProps) {
  const { t } = useTranslation()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const language = currentLanguage()
  const container = useRef<HTMLDivElement>(null)
  const map = useRef<TwoPointMap | null>(null)
  const first = useRef({ scheme, language })

  useEffect(() => {
    try {
      map.current = new TwoPointMap(container.current!, first.current.scheme, first.current.language)
    } catch (error) {
      console.warn(error)
      container.current!.hidden = true
    }
    return () => {
      map.current?.destroy()
      map.current = null
    }
  }, [])

  useEffect(() => {
    map.current?.setAppearance(scheme, language)
  }, [scheme, language])

  useEffect(() => {
    map.current?.show(courier, dropoff)
  }, [courier, dropoff])

  return <div ref={container} className={styles.map} role="region" aria-label={t('tracking.map')} />
}
