import { IconFileImport } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { useMay } from '../app/session.ts'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import { FileImportContext, type ImportKind, type OpenImport } from './file-import-context.ts'
import { sortFiles } from './sort-files.ts'
import styles from './file-imports.module.css'

const CsvImport = lazy(() => import('../deliveries-page/csv-import-dialog.tsx'))
const RideImport = lazy(() => import('./ride-import-dialog.tsx'))

interface Opened {
  readonly kind: ImportKind
  readonly files: readonly File[]
  /** Files that are dropped while a dialog is open begin a new one. */
  readonly no: number
}

/** Files that are dropped anywhere in the app, and the dialogs that show what is in them. */
export function FileImports({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation()
  const { toasts } = useServices()
  const mayImport: Readonly<Record<ImportKind, boolean>> = {
    deliveries: useMay('bulk'),
    rides: useMay('importRecording'),
  }
  const [opened, setOpened] = useState<Opened | null>(null)
  /** A dialog of other files would end an import that runs. */
  const isBusy = useRef(false)
  const onBusy = useCallback((busy: boolean) => {
    isBusy.current = busy
  }, [])
  const open: OpenImport = useCallback(
    (kind, files = []) => {
      if (isBusy.current) void toasts.show({ tone: 'failed', text: t('fileImport.busy') })
      else setOpened((before) => ({ kind, files, no: (before?.no ?? 0) + 1 }))
    },
    [t, toasts],
  )
  const close = useCallback(() => setOpened(null), [])

  const take = (files: readonly File[]) => {
    const refuse = (text: string) => void toasts.show({ tone: 'failed', text })
    const dropped = sortFiles(files)
    if (dropped.kind === 'unknown') return refuse(t('fileImport.unknown', { name: dropped.name }))
    if (dropped.kind === 'mixed' || dropped.kind === 'too_many')
      return refuse(t(`fileImport.${dropped.kind}`))
    if (!mayImport[dropped.kind]) return refuse(t(`fileImport.mayNot.${dropped.kind}`))
    return open(dropped.kind, files)
  }
  const isOver = useFileDrop(take)

  const { deliveries, rides } = mayImport
  usePaletteEntries(
    useMemo(
      () =>
        (['deliveries', 'rides'] as const)
          .filter((kind) => (kind === 'deliveries' ? deliveries : rides))
          .map((kind): PaletteEntry => ({
            id: `import-${kind}`,
            group: 'app',
            icon: IconFileImport,
            title: t(`fileImport.open.${kind}`),
            run: () => open(kind),
          })),
      [deliveries, rides, t, open],
    ),
  )
  return (
    <FileImportContext value={open}>
      {children}
      {isOver && (
        <div className={styles.over} role="status">
          <IconFileImport size={40} stroke={1.25} aria-hidden />
          <strong>{t('fileImport.drop')}</strong>
          <span>{t('fileImport.dropHint')}</span>
        </div>
      )}
      {opened !== null && (
        <Suspense fallback={null}>
          {opened.kind === 'deliveries' ? (
            <CsvImport key={opened.no} file={opened.files[0]} onClose={close} />
          ) : (
            <RideImport key={opened.no} files={opened.files} onBusy={onBusy} onClose={close} />
          )}
        </Suspense>
      )}
    </FileImportContext>
  )
}

/**
 * Takes files that are dropped on the window: a browser would leave the app for them.
 *
 * @returns whether some are held over it
 */
function useFileDrop(take: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      event.dataTransfer!.dropEffect = 'copy'
      setOver(true)
    }
    // Between elements the pointer leaves one and enters the next; out of the window there is no next.
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false)
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(false)
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length > 0) take(files)
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  })
  return isOver
}
