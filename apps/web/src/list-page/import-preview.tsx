import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './import-dialog.module.css'

/** A row of the file as it is shown. */
export interface ShownRow {
  readonly key: string | number
  readonly cells: readonly ReactNode[]
  /** What will become of it, or what is wrong with it. */
  readonly result: ReactNode
}

interface ImportPreviewProps<Row> {
  /** Of the file. */
  readonly name: string
  /** How many rows are good, how many are there already, how many are faulty; null is left out. */
  readonly counts: {
    readonly good: string
    readonly there: string | null
    readonly faulty: string | null
  }
  /** What is wrong with the file as a whole, in words. */
  readonly faults?: readonly string[]
  /** What the table holds. */
  readonly label: string
  /** Headings of the cells; the result has its own. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  readonly isFaulty: (row: Row) => boolean
  readonly show: (row: Row) => ShownRow
  /** What is asked before it is done. */
  readonly children?: ReactNode
  readonly create: string
  readonly mayCreate: boolean
  readonly busy: boolean
  readonly onBack: () => void
  readonly onCreate: () => void
}

const mostRowsShown = 200

/** What is in a file, and what will become of it. */
export function ImportPreview<Row>(props: ImportPreviewProps<Row>) {
  const { t } = useTranslation()
  const { name, counts, faults = [], label, columns, rows, isFaulty, show, busy } = props
  // What is wrong comes first: that is what somebody has to look at.
  const sorted = rows.toSorted((a, b) => Number(isFaulty(b)) - Number(isFaulty(a)))
  return (
    <>
      <p className={styles.summary} role="status">
        <strong>{name}</strong> · {counts.good}
        {counts.there !== null && ` · ${counts.there}`}
        {counts.faulty !== null && <span data-tone="bad"> · {counts.faulty}</span>}
      </p>
      {faults.map((fault) => (
        <p key={fault} className={styles.fault} role="alert">
          {fault}
        </p>
      ))}
      {rows.length > 0 && (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
          <table className={styles.table}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
                <th scope="col">{t('csv.result')}</th>
              </tr>
            </thead>
            <tbody>
              {sorted.slice(0, mostRowsShown).map((row) => {
                const { key, cells, result } = show(row)
                return (
                  <tr key={key} data-faulty={isFaulty(row)}>
                    {cells.map((cell, at) => (
                      <td key={columns[at]}>{cell}</td>
                    ))}
                    <td>{result}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
      {props.children}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={props.onBack}>
          {t('csv.otherFile')}
        </Button>
        <Button disabled={!props.mayCreate} loading={busy} onClick={props.onCreate}>
          {props.create}
        </Button>
      </Group>
    </>
  )
}
