import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { ImportPreview } from '../list-page/import-preview.tsx'
import type { CsvFault, CsvPreview, CsvRow } from './csv-import.ts'
import type { DeliveryRow } from './delivery-import.ts'

interface CsvImportPreviewProps {
  readonly file: string
  readonly preview: CsvPreview
  /** The good rows, in the order of the file. */
  readonly rows: readonly DeliveryRow[]
  readonly busy: boolean
  readonly onBack: () => void
  readonly onCreate: () => void
}

/** The rows of a file of deliveries, and which of them were imported before. */
export function CsvImportPreview({ file, preview, rows, busy, onBack, onCreate }: CsvImportPreviewProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const faulty = preview.rows.length - rows.length
  const imported = new Map(
    rows.flatMap(({ content, there }) => (there === null ? [] : [[content, there.code]])),
  )
  const fresh = rows.length - imported.size
  const windowOf = ({ cells, delivery }: CsvRow) => {
    if (delivery === null) return `${cells['dropoff_from'] ?? ''} – ${cells['dropoff_to'] ?? ''}`
    const { fromMs, toMs } = delivery.dropoff.window
    const window = t('detail.window', { from: format.time(fromMs), to: format.time(toMs) })
    return `${format.dayShort(fromMs)} ${window}`
  }
  const resultOf = ({ delivery, faults }: CsvRow) => {
    if (delivery === null)
      return faults.map((fault) => (
        <div key={'column' in fault ? `${fault.column} ${fault.kind}` : fault.kind}>
          {faultWords(t, fault)}
        </div>
      ))
    const code = imported.get(delivery)
    return code === undefined ? t('csv.willBeCreated') : t('csv.isThere', { code })
  }
  return (
    <ImportPreview
      name={file}
      counts={{
        good: t('csv.good', { count: rows.length }),
        there: imported.size === 0 ? null : t('csv.importedBefore', { count: imported.size }),
        faulty: faulty === 0 ? null : t('csv.faulty', { count: faulty }),
      }}
      faults={preview.faults.map((fault) => faultWords(t, fault))}
      label={t('csv.preview')}
      columns={[t('csv.line'), t('detail.pickup'), t('detail.dropoff'), t('delivery.column.window')]}
      rows={preview.rows}
      isFaulty={({ delivery }) => delivery === null}
      show={(row) => ({
        key: row.line,
        cells: [row.line, row.cells['pickup_address'], row.cells['dropoff_address'], windowOf(row)],
        result: resultOf(row),
      })}
      create={t('csv.create', { count: fresh })}
      mayCreate={fresh > 0}
      busy={busy}
      onBack={onBack}
      onCreate={onCreate}
    />
  )
}

function faultWords(t: TFunction, fault: CsvFault): string {
  if (fault.kind === 'columns') return t('csv.fault.columns', { columns: fault.columns.join(', ') })
  if (fault.kind === 'too_many') return t('csv.fault.too_many', { most: fault.most })
  if (fault.kind === 'empty' || fault.kind === 'quotes') return t(`csv.fault.${fault.kind}`)
  return t(`csv.fault.${fault.kind}`, { column: fault.column, text: fault.text })
}
