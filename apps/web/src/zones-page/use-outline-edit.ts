import type { Zone } from '@fleet/domain'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { draftOf, emptyDraft, type OutlineDraft } from './outline-draft.ts'

/** An outline that is being drawn, for a new zone or one that there is. */
export interface OutlineEdit {
  /** As it was when the change began; null for a new one. */
  readonly zone: Zone | null
  readonly draft: OutlineDraft
}

const newEdit: OutlineEdit = { zone: null, draft: emptyDraft }

interface OutlineEditOptions {
  readonly openId: string | undefined
  /** A new zone is asked for. */
  readonly isNew: boolean
  /** What was dropped is wanted again: to where it belongs. */
  readonly onBringBack: (edit: OutlineEdit) => void
}

/** The outline that is being drawn on this page, if any. */
export function useOutlineEdit({ openId, isNew, onBringBack }: OutlineEditOptions) {
  const { t } = useTranslation()
  const { toasts } = useServices()
  const [held, setHeld] = useState<OutlineEdit | null>(null)
  // What is held belongs to another address once somebody went back or on.
  const isHere = held !== null && (held.zone === null ? isNew : held.zone.id === openId && !isNew)
  const edit = isHere ? held : isNew ? newEdit : null
  const change = useCallback(
    (step: (draft: OutlineDraft) => OutlineDraft) =>
      setHeld((before) => {
        const edit = before !== null && (before.zone === null) === isNew ? before : newEdit
        return { ...edit, draft: step(edit.draft) }
      }),
    [isNew],
  )
  const begin = useCallback((zone: Zone) => setHeld({ zone, draft: draftOf(zone.polygon) }), [])
  const end = useCallback(() => setHeld(null), [])

  const message = useRef<number | null>(null)
  /** Ends it. What was drawn can be had back for as long as the message and the page stand. */
  const drop = useCallback(() => {
    setHeld(null)
    if (edit === null || edit.draft.before.length === 0) return
    const run = () => {
      setHeld(edit)
      onBringBack(edit)
    }
    const action = { label: t('outline.bringBack'), run }
    message.current = toasts.show({ tone: 'done', text: t('outline.dropped'), action })
  }, [edit, toasts, t, onBringBack])
  useEffect(
    () => () => {
      if (message.current !== null) toasts.dismiss(message.current)
    },
    [toasts],
  )
  return { edit, begin, change, end, drop }
}
