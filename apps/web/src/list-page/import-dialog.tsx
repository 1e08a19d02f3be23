import { Button, FileButton, Group, Modal, Progress } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './import-dialog.module.css'

/** A file that is being read. */
export interface ImportReading {
  /** What is being done. */
  readonly text: string
  /** How much of it is done, in words; null while that is not known. */
  readonly progress: string | null
  readonly percent: number
  readonly onCancel: () => void
}

interface ImportDialogProps {
  readonly title: string
  readonly icon: Icon
  /** What the file must hold. */
  readonly hint: string
  /** Types of files, as `<input accept>` takes them. */
  readonly accept: string
  /** Whether several may be chosen at once; left out: one. */
  readonly multiple?: boolean
  /** Why the file that was chosen last cannot be used; null when none was. */
  readonly fault: string | null
  /** Beside the button that chooses a file. */
  readonly extra?: ReactNode
  readonly reading: ImportReading | null
  /** An `ImportPreview` of the file; null while there is none. */
  readonly preview: ReactNode
  /** Called with one file at least. */
  readonly onFiles: (files: readonly File[]) => void
  readonly onClose: () => void
}

/** A file is chosen and read, and then shown with what will become of each of its rows: nothing is created unseen. */
export function ImportDialog(props: ImportDialogProps) {
  const { t } = useTranslation()
  const { title, icon: FileIcon, hint, accept, fault, extra, reading, preview, onFiles, onClose } = props
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={preview === null ? 520 : 860}
      closeButtonProps={{ 'aria-label': t('drawer.close') }}
      transitionProps={{ duration: 80 }}
    >
      {reading !== null ? (
        <div className={styles.reading}>
          <p role="status">{reading.text}</p>
          <Progress value={reading.percent} aria-label={reading.text} />
          <Group justify="space-between">
            <span>{reading.progress}</span>
            <Button variant="default" onClick={reading.onCancel}>
              {t('csv.cancel')}
            </Button>
          </Group>
        </div>
      ) : (
        (preview ?? (
          <div className={styles.choose}>
            <FileIcon size={36} stroke={1.25} aria-hidden />
            {fault !== null && <p role="alert">{fault}</p>}
            <p>{hint}</p>
            <Group>
              <FileButton
                multiple={props.multiple ?? false}
                accept={accept}
                onChange={(chosen: File | File[] | null) => {
                  const files = [chosen ?? []].flat()
                  if (files.length > 0) onFiles(files)
                }}
              >
                {(button) => (
                  <Button data-autofocus {...button}>
                    {t(props.multiple === true ? 'rideImport.choose' : 'csv.choose')}
                  </Button>
                )}
              </FileButton>
              {extra}
            </Group>
          </div>
        ))
      )}
    </Modal>
  )
}
