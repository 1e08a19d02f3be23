import { areaM2, minZoneM2, type OutlineFault } from '@fleet/domain'
import { Button } from '@mantine/core'
import { type Ref, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/shortcuts.ts'
import { useFormat } from '../i18n/format.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import { areaText } from './area-text.ts'
import {
  addCorner,
  closeDraft,
  draftFault,
  type OutlineDraft,
  replaceCorners,
  takeBack,
  withRemoved,
} from './outline-draft.ts'
import styles from './outline-bar.module.css'

interface OutlineBarProps {
  readonly map: FleetMap | null
  readonly label: string
  readonly draft: OutlineDraft
  /** With the corners as a hand on the map holds them. */
  readonly shown: Pick<OutlineDraft, 'corners' | 'closed'>
  /** The corner that was touched last. */
  readonly chosen: number | null
  /** Corners to have handles, as far as the map shows them. */
  readonly tooMany: boolean
  readonly barRef: Ref<HTMLDivElement>
  readonly onDraft: (change: (draft: OutlineDraft) => OutlineDraft) => void
  /** What to do with the closed outline; left out where a form beside it does that. */
  readonly submit?:
    | { readonly label: string; readonly onSubmit: () => void; readonly busy: boolean }
    | undefined
  readonly onCancel: () => void
}

const panPx = 80

/** Over the map while somebody draws: what to do, what is wrong, and the steps as buttons and keys. */
export function OutlineBar({
  map,
  draft,
  shown,
  chosen,
  tooMany,
  onDraft,
  submit,
  onCancel,
  barRef,
  label,
}: OutlineBarProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { corners, closed } = draft
  const fault = draftFault(shown)
  const setCorner = () => {
    if (map !== null) onDraft((before) => addCorner(before, map.camera.middle()))
  }
  const close = () => onDraft(closeDraft)
  const save = () => {
    if (fault === null && submit?.busy === false) submit.onSubmit()
  }
  const pan = (x: number, y: number) => map?.map.panBy([x * panPx, y * panPx], { duration: 0 })
  const orPressed = (act: () => unknown) => (event: KeyboardEvent) => (isPress(event) ? false : act())
  useShortcuts({
    Backspace: () => onDraft(takeBack),
    Enter: orPressed(closed ? save : close),
    ...(closed
      ? {}
      : {
          ' ': orPressed(setCorner),
          ArrowLeft: () => pan(-1, 0),
          ArrowRight: () => pan(1, 0),
          ArrowUp: () => pan(0, -1),
          ArrowDown: () => pan(0, 1),
        }),
  })
  useTakeBackKey(draft.before.length > 0, () => onDraft(takeBack))
  const hint = !closed ? t('outline.drawHint') : tooMany ? t('outline.tooManyHint') : t('outline.shapeHint')
  return (
    <div ref={barRef} className={styles.bar} role="group" aria-label={label} tabIndex={-1}>
      <p className={styles.title}>
        <strong>{label}</strong>
        <span>
          {t('zone.corners', { count: shown.corners.length, formatted: format.number(shown.corners.length) })}
          {shown.corners.length > 2 && ` · ${areaText(t, format, areaM2(shown.corners))}`}
        </span>
      </p>
      <p className={styles.words} data-fault={fault !== null} role="status">
        {fault === null ? hint : <FaultText fault={fault} />}
      </p>
      <div className={styles.steps}>
        {closed ? (
          <Button
            size="xs"
            px={10}
            variant="default"
            disabled={chosen === null || corners.length <= 3}
            onClick={() => onDraft((before) => replaceCorners(before, withRemoved(before.corners, chosen!)))}
          >
            {chosen === null ? t('outline.removeChosen') : t('outline.removeCorner', { no: chosen + 1 })}
          </Button>
        ) : (
          <Button size="xs" px={10} variant="default" aria-keyshortcuts="Space" onClick={setCorner}>
            {t('outline.setCorner')}
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          aria-keyshortcuts="Backspace"
          disabled={draft.before.length === 0}
          onClick={() => onDraft(takeBack)}
        >
          {t('outline.takeBack')}
        </Button>
        <Button size="xs" px={10} variant="default" aria-keyshortcuts="Escape" onClick={onCancel}>
          {t('outline.cancel')}
        </Button>
        {!closed ? (
          <Button
            size="xs"
            px={10}
            aria-keyshortcuts="Enter"
            disabled={closeDraft(draft) === draft}
            onClick={close}
          >
            {t('outline.close')}
          </Button>
        ) : (
          submit !== undefined && (
            <Button
              size="xs"
              px={10}
              aria-keyshortcuts="Enter"
              disabled={fault !== null}
              loading={submit.busy}
              onClick={save}
            >
              {submit.label}
            </Button>
          )
        )}
      </div>
    </div>
  )
}

export function FaultText({ fault }: { fault: OutlineFault }) {
  const { t } = useTranslation()
  const format = useFormat()
  return fault.kind === 'too_small'
    ? t('outline.fault.too_small', { area: areaText(t, format, minZoneM2) })
    : t(`outline.fault.${fault.kind}`)
}

/** Whether the key presses what has the focus. A corner is not pressed: Enter on it is Enter for the outline. */
const isPress = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element &&
  target.closest('button, a, summary, [role="button"]') !== null &&
  !target.matches('.outline-handle[data-part="corner"]')

/** Ctrl-Z takes back what was drawn, before it takes back what was done. */
function useTakeBackKey(enabled: boolean, onTakeBack: () => void): void {
  useEffect(() => {
    if (!enabled) return undefined
    const listen = (event: KeyboardEvent) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z'
      if (!isUndo || (event.target as Element).closest('input, textarea, select, [role="dialog"]') !== null)
        return
      event.preventDefault()
      onTakeBack()
    }
    // Before the listeners that are there already.
    addEventListener('keydown', listen, { capture: true })
    return () => removeEventListener('keydown', listen, { capture: true })
  })
}
