import { type ReactNode, useEffect, useState } from 'react'
import { createPortal, flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { useLive } from '../live/live-hooks.ts'
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './print.css'

interface PrintSheetProps {
  readonly title: string
  /** What was asked for: day, filters. Empty texts are left out. */
  readonly facts: readonly string[]
  /** Drawn only while somebody prints. */
  readonly children: () => ReactNode
}

/**
 * What a page looks like on paper, or as a PDF: all its rows, of which the screen draws only those in view, in black on
 * white. It stands in the place of the page for as long as the browser prints; the last one that was opened counts.
 */
export function PrintSheet({ title, facts, children }: PrintSheetProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useLive()
  const [printing, setPrinting] = useState(false)
  useEffect(() => {
    // The browser takes its picture as soon as this event is over.
    const begin = () => flushSync(() => setPrinting(true))
    const end = () => setPrinting(false)
    addEventListener('beforeprint', begin)
    addEventListener('afterprint', end)
    return () => {
      removeEventListener('beforeprint', begin)
      removeEventListener('afterprint', end)
    }
  }, [])
  if (!printing) return null
  const nowMs = live.serverNowMs()
  return createPortal(
    <article className="print-sheet">
      <header>
        <h1>{title}</h1>
        <p>{facts.filter(Boolean).join(' · ')}</p>
        <p>
          {t('print.printed', { app: t('app.name'), date: format.date(nowMs), time: format.time(nowMs) })}
        </p>
      </header>
      {children()}
    </article>,
    document.body,
  )
}

interface PrintTableProps<Row> {
  readonly rows: readonly Row[]
  readonly columns: readonly {
    readonly label: string
    readonly cell: (row: Row) => ReactNode
    readonly align?: 'end'
  }[]
  readonly keyOf: (row: Row) => string
}

/** A table on paper: its head on every page, no row over two. */
export function PrintTable<Row>({ rows, columns, keyOf }: PrintTableProps<Row>) {
  return (
    <table>
      <thead>
        <tr>
          {columns.map(({ label, align }) => (
            <th key={label} scope="col" data-align={align}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ label, cell, align }) => (
              <td key={label} data-align={align}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
