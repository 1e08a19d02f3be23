import { Kbd, Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { en } from '../i18n/en.ts'
import styles from './shortcut-sheet.module.css'

const rows: readonly (readonly [keyof typeof en.shortcuts, readonly string[]])[] = [
  ['search', ['/']],
  ['move', ['↑', '↓']],
  ['open', ['Enter']],
  ['close', ['Esc']],
  ['follow', ['F']],
  ['zoom', ['+', '−']],
  ['reset', ['0']],
  ['help', ['?']],
]

export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts.title')}
      size="sm"
      centered
      closeButtonProps={{ 'aria-label': t('shortcuts.close_sheet') }}
    >
      <dl className={styles.list}>
        {rows.map(([name, keys]) => (
          <div key={name}>
            <dt>{t(`shortcuts.${name}`)}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
