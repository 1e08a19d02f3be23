import { type DragEvent, type ReactNode, useState } from 'react'
import { useFormat } from '../i18n/format.ts'
import styles from './board.module.css'

interface BoardColumnProps {
  readonly label: string
  /** In the heading, beside how many there are. */
  readonly mark: ReactNode
  readonly count: number
  /** Whether what is being dragged may be dropped here. */
  readonly accepts: (event: DragEvent) => boolean
  readonly onDrop: (event: DragEvent) => void
  /** The cards, in an element that scrolls. */
  readonly children: ReactNode
}

/** One column of a board, with its heading; cards are dropped anywhere in it. */
export function BoardColumn({ label, mark, count, accepts, onDrop, children }: BoardColumnProps) {
  const format = useFormat()
  const [over, setOver] = useState(false)
  return (
    <section
      className={styles.column}
      aria-label={label}
      data-over={over}
      onDragOver={(event) => {
        if (!accepts(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        onDrop(event)
      }}
    >
      <h2>
        {mark}
        <span className={styles.count}>{format.number(count)}</span>
      </h2>
      {children}
    </section>
  )
}
