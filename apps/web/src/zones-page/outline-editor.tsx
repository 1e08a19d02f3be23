import type { Point, ZoneKind } from '@fleet/domain'
import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetMap } from '../map/fleet-map.ts'
import { OutlineBar } from './outline-bar.tsx'
import type { OutlineDraft } from './outline-draft.ts'
import { OutlineHand } from './outline-hand.ts'
import styles from './outline-bar.module.css'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './outline-handle.css'

interface OutlineEditorProps extends Pick<
  ComponentProps<typeof OutlineBar>,
  'label' | 'onDraft' | 'submit' | 'onCancel'
> {
  readonly map: FleetMap | null
  readonly draft: OutlineDraft
  readonly kind: ZoneKind
  /** Where the focus goes first: a corner, or the bar, whose keys then work. */
  readonly begin: 'corner' | 'bar' | 'nowhere'
}

/** A hand on the map and the bar over it, for as long as an outline is drawn or changed. */
export function OutlineEditor({ map, draft, kind, begin, onDraft, ...props }: OutlineEditorProps) {
  const { t } = useTranslation()
  const bar = useRef<HTMLDivElement>(null)
  const hand = useRef<OutlineHand | null>(null)
  const [preview, setPreview] = useState<readonly Point[] | null>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  const [tooMany, setTooMany] = useState(false)
  const latest = useRef({ onDraft, draft, kind, begin })
  useEffect(() => {
    latest.current = { onDraft, draft, kind, begin }
  })

  useEffect(() => {
    if (map === null) return undefined
    const made = new OutlineHand({
      map,
      names: {
        corner: (no, of) => t('outline.corner', { no, of }),
        middle: (no) => t('outline.middle', { no }),
        whole: t('outline.whole'),
      },
      onDraft: (change) => latest.current.onDraft(change),
      onPreview: setPreview,
      onChoose: setChosen,
      onShown: (shown) => setTooMany(!shown),
    })
    hand.current = made
    made.show(latest.current.draft, latest.current.kind)
    // The bar has taken some of the view.
    if (latest.current.draft.closed) map.camera.showPlaces(latest.current.draft.corners)
    if (latest.current.begin === 'corner') made.focusCorner(0)
    else if (latest.current.begin === 'bar') bar.current?.focus({ preventScroll: true })
    return () => {
      hand.current = null
      made.destroy()
    }
  }, [map, t])

  useEffect(() => hand.current?.show(draft, kind), [draft, kind])

  const last = draft.corners.length - 1
  return (
    <>
      {!draft.closed && <div className={styles.crosshair} aria-hidden />}
      <OutlineBar
        {...props}
        map={map}
        draft={draft}
        shown={{ corners: preview ?? draft.corners, closed: draft.closed }}
        chosen={chosen === null || !draft.closed ? null : Math.min(chosen, last)}
        tooMany={tooMany}
        barRef={bar}
        onDraft={onDraft}
      />
    </>
  )
}
