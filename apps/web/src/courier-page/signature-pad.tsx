import type { AttachmentId } from '@fleet/domain'
import { CloseButton } from '@mantine/core'
import { type PointerEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import type { Strokes } from './courier-doings.ts'
import styles from './signature-pad.module.css'

interface SignaturePadProps {
  readonly strokes: Strokes | null
  readonly onChange: (strokes: Strokes | null) => void
}

/** A box to sign in with a finger. Whoever cannot gives a name: the field above it. */
export function SignaturePad({ strokes, onChange }: SignaturePadProps) {
  const { t } = useTranslation()
  const { outbox } = useServices()
  const labelId = useId()
  /** The line that is being drawn, where one is. */
  const [drawn, setDrawn] = useState('')
  const pointer = useRef<number | null>(null)
  const at = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return `${Math.round(event.clientX - box.left)} ${Math.round(event.clientY - box.top)}`
  }
  const begin = (event: PointerEvent<SVGSVGElement>) => {
    if (pointer.current !== null) return
    // Else a mouse selects the words around.
    event.preventDefault()
    pointer.current = event.pointerId
    event.currentTarget.setPointerCapture(event.pointerId)
    // A tap is a dot.
    setDrawn(`M${at(event)}L${at(event)}`)
  }
  const move = (event: PointerEvent<SVGSVGElement>) => {
    if (pointer.current !== event.pointerId) return
    const point = at(event)
    setDrawn((before) => `${before}L${point}`)
  }
  const end = (event: PointerEvent<SVGSVGElement>) => {
    if (pointer.current !== event.pointerId) return
    pointer.current = null
    const { width, height } = event.currentTarget.getBoundingClientRect()
    onChange({
      // What is drawn is another picture with each line.
      id: outbox.newId<AttachmentId>(),
      widthPx: Math.round(width),
      heightPx: Math.round(height),
      path: (strokes?.path ?? '') + drawn,
    })
    setDrawn('')
  }
  return (
    <div className={styles.field}>
      <span id={labelId}>{t('me.signature')}</span>
      <div className={styles.pad}>
        <svg
          role="img"
          aria-labelledby={labelId}
          onPointerDown={begin}
          onPointerMove={move}
          onPointerUp={end}
          onPointerCancel={end}
        >
          <path d={(strokes?.path ?? '') + drawn} />
        </svg>
        {strokes !== null && (
          <CloseButton size={44} aria-label={t('me.clearSignature')} onClick={() => onChange(null)} />
        )}
      </div>
    </div>
  )
}
