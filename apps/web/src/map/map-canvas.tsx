import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core'
import { memo, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconMapOff } from '@tabler/icons-react'
import { currentLanguage } from '../i18n/language.ts'
import { useLive } from '../live/live-hooks.ts'
import { FleetMap, type FleetMapOptions } from './fleet-map.ts'
import { ImportedMapAttribution } from './imported-map-attribution.tsx'
import { useImportedMap, useRecheckImportedMap } from './imported-map-query.ts'
import type { MarkerSource } from './marker-source.ts'
import styles from './map-canvas.module.css'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './stop-pin.css'

export interface MapCanvasProps extends Pick<
  FleetMapOptions,
  'onMove' | 'onSelect' | 'onHover' | 'onDrag' | 'onGround'
> {
  readonly view: FleetMapOptions['view']
  readonly padding: Readonly<Record<'top' | 'bottom' | 'left' | 'right', number>>
  /** Left out: the fleet as it is now. */
  readonly source?: MarkerSource
  readonly onReady: (map: FleetMap | null) => void
}

/** Gives a FleetMap a place in the page, and says so when this browser cannot draw one. */
export default memo(function MapCanvas({ onReady, ...options }: MapCanvasProps) {
  const { t, i18n } = useTranslation()
  const live = useLive()
  const source = options.source ?? live
  const { colorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const container = useRef<HTMLDivElement>(null)
  const map = useRef<FleetMap | null>(null)
  const latest = useRef(options)
  const [failed, setFailed] = useState(false)
  const imported = useImportedMap() ?? null
  const recheck = useRecheckImportedMap()
  const firstImported = useRef(imported)
  useEffect(() => {
    latest.current = options
  })

  useEffect(() => {
    try {
      map.current = new FleetMap({
        container: container.current!,
        source,
        scheme,
        language: currentLanguage(),
        imported: firstImported.current,
        view: latest.current.view,
        padding: latest.current.padding,
        interleaved: new URLSearchParams(location.search).has('interleaved'),
        onMove: (view) => latest.current.onMove(view),
        onSelect: (bikeNo) => latest.current.onSelect(bikeNo),
        onGround: (at) => latest.current.onGround?.(at),
        onHover: (bikeNo) => latest.current.onHover(bikeNo),
        onDrag: () => latest.current.onDrag(),
        onTilesMissing: recheck,
      })
      onReady(map.current)
    } catch (error) {
      console.error(error)
      setFailed(true)
    }
    return () => {
      onReady(null)
      map.current?.destroy()
      map.current = null
    }
    // oxlint-disable-next-line react/exhaustive-deps -- made once; what changes later is told to it below
  }, [source, onReady, recheck])

  useEffect(() => {
    map.current?.setAppearance(scheme, currentLanguage())
  }, [scheme, colorScheme, i18n.language])

  useEffect(() => {
    map.current?.setImportedMap(imported)
  }, [imported])

  const { top, bottom, left, right } = options.padding
  useEffect(() => {
    map.current?.camera.setPadding({ top, bottom, left, right })
  }, [top, bottom, left, right])

  return (
    <>
      <div
        ref={container}
        className={styles.canvas}
        role="region"
        aria-label={t('map.label')}
        hidden={failed}
      />
      {imported !== null && !failed && <ImportedMapAttribution bottom={bottom} />}
      {failed && (
        <div className={styles.failed} role="alert">
          <IconMapOff size={36} stroke={1.25} aria-hidden />
          <h2>{t('map.failedTitle')}</h2>
          <p>{t('map.failed')}</p>
        </div>
      )}
    </>
  )
})
