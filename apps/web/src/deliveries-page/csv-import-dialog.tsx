import { Button } from '@mantine/core'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useServices } from '../app/services.ts'
import { amsterdamDate } from '../i18n/amsterdam-day.ts'
import { useFormat } from '../i18n/format.ts'
import { downloadText } from '../list-page/download-text.ts'
import { ImportDialog } from '../list-page/import-dialog.tsx'
import { lookUpAddresses } from './address-search.ts'
import { csvColumns } from './csv-export.ts'
import { type CsvPreview, parseDeliveriesCsv } from './csv-import.ts'
import { CsvImportPreview } from './csv-import-preview.tsx'
import { createImport, type DeliveryRow, findImportedDeliveries } from './delivery-import.ts'

type Stage =
  | { readonly name: 'choose' }
  | { readonly name: 'reading'; readonly found: number; readonly of: number }
  | {
      readonly name: 'preview'
      readonly file: string
      readonly preview: CsvPreview
      /** The good rows, in the order of the file. */
      readonly rows: readonly DeliveryRow[]
    }
  | { readonly name: 'unreadable' }

interface CsvImportDialogProps {
  /** The one that was dropped; none: the dialog asks for it. */
  readonly file?: File | undefined
  readonly onClose: () => void
}

/** A file, what is wrong with each of its rows, and then the deliveries. */
export default function CsvImportDialog({ file, onClose }: CsvImportDialogProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { api, live } = useServices()
  const run = useAction()
  const [stage, setStage] = useState<Stage>({ name: 'choose' })
  const [busy, setBusy] = useState(false)
  /** Of the file that is being read. */
  const reading = useRef<AbortController>(null)

  const lookUp = (preview: CsvPreview) =>
    findImportedDeliveries(
      preview.rows.flatMap(({ delivery }) => delivery ?? []),
      (ids) => api.call('knownDeliveries', { body: { ids: [...ids] } }),
    )
  const read = async (file: File) => {
    const { signal } = (reading.current = new AbortController())
    setStage({ name: 'reading', found: 0, of: 0 })
    try {
      const today = amsterdamDate(live.serverNowMs())
      const preview = await parseDeliveriesCsv(await file.text(), today, (addresses) =>
        lookUpAddresses(
          api,
          addresses,
          (found) => setStage({ name: 'reading', found, of: addresses.length }),
          signal,
        ),
      )
      const rows = await lookUp(preview)
      if (!signal.aborted) setStage({ name: 'preview', file: file.name, preview, rows })
    } catch {
      if (!signal.aborted) setStage({ name: 'unreadable' })
    }
  }
  useEffect(() => {
    if (file !== undefined) void read(file)
    return () => reading.current?.abort()
    // oxlint-disable-next-line react/exhaustive-deps -- the one that the dialog was opened with
  }, [])
  const cancel = () => {
    reading.current?.abort()
    setStage({ name: 'choose' })
  }
  const create = async (shown: Extract<Stage, { name: 'preview' }>) => {
    setBusy(true)
    const { key, commands } = createImport(shown.rows)
    const { ok } = await run({
      route: 'bulk',
      key,
      input: { body: { commands } },
      done: t('csv.created', { count: commands.length }),
      answered: ({ items }) => items.map((row) => ['delivery', row] as const),
    })
    if (ok) return onClose()
    // Somebody else may have imported it meanwhile: then the rows say so.
    try {
      setStage({ ...shown, rows: await lookUp(shown.preview) })
    } catch {
      // What went wrong was told; the same rows may be tried again.
    }
    setBusy(false)
  }
  return (
    <ImportDialog
      title={t('csv.import')}
      icon={IconFileSpreadsheet}
      hint={t('csv.hint')}
      accept=".csv,text/csv"
      fault={stage.name === 'unreadable' ? t('csv.unreadable') : null}
      extra={
        <Button
          variant="default"
          onClick={() => downloadText(t('csv.exampleName'), exampleFile(amsterdamDate(live.serverNowMs())))}
        >
          {t('csv.example')}
        </Button>
      }
      reading={
        stage.name === 'reading'
          ? {
              text: t('csv.reading'),
              progress:
                stage.of === 0
                  ? null
                  : t('csv.found', { found: format.number(stage.found), of: format.number(stage.of) }),
              percent: stage.of === 0 ? 0 : (100 * stage.found) / stage.of,
              onCancel: cancel,
            }
          : null
      }
      preview={
        stage.name === 'preview' ? (
          <CsvImportPreview
            file={stage.file}
            preview={stage.preview}
            rows={stage.rows}
            busy={busy}
            onBack={() => setStage({ name: 'choose' })}
            onCreate={() => void create(stage)}
          />
        ) : null
      }
      onFiles={([chosen]) => void read(chosen!)}
      onClose={onClose}
    />
  )
}

/** As the export writes it, without what the server gives. */
const exampleFile = (date: string): string =>
  [
    csvColumns.filter((column) => !['code', 'status', 'courier'].includes(column)).join(','),
    `${date},Rozengracht,12:00,12:30,Wok om de Hoek,,,,Herengracht,12:15,13:00,Eva Jansen,Bel 2 hoog,,,small,normal`,
  ].join('\r\n')
