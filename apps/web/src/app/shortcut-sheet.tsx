import { Kbd, Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { en } from '../i18n/en.ts'
import { modKey } from './shortcuts.ts'
import styles from './shortcut-sheet.module.css'

type ShortcutRow = readonly [name: keyof typeof en.shortcuts.row, keys: readonly string[]]

const parts: readonly (readonly [part: keyof typeof en.shortcuts.part, rows: readonly ShortcutRow[]])[] = [
  [
    'everywhere',
    [
      ['palette', [modKey, 'K']],
      ['undo', [modKey, 'Z']],
      ['redo', [modKey, '⇧', 'Z']],
      ['goTo', ['G', 'L / D …']],
      ['help', ['?']],
    ],
  ],
  [
    'lists',
    [
      ['search', ['/']],
      ['move', ['↑', '↓']],
      ['open', ['Enter']],
      ['close', ['Esc']],
      ['select', ['Space']],
      ['selectRange', ['⇧', '↑ ↓']],
      ['selectAll', [modKey, 'A']],
      ['createHere', ['N']],
    ],
  ],
  [
    'map',
    [
      ['follow', ['F']],
      ['zoom', ['+', '−']],
      ['reset', ['0']],
    ],
  ],
  [
    'drawing',
    [
      ['setCorner', ['Space']],
      ['closeOutline', ['Enter']],
      ['takeBack', ['⌫']],
      ['moveCorner', ['↑ ↓ ← →']],
      ['removeCorner', ['Del']],
    ],
  ],
  [
    'deliveries',
    [
      ['create', ['N']],
      ['assign', ['A']],
      ['views', ['1', '2', '3']],
      ['showMap', ['M']],
      ['moveInTime', ['Alt', '← →']],
      ['giveAway', ['Alt', '↑ ↓']],
    ],
  ],
  [
    'replay',
    [
      ['play', ['Space']],
      ['step', ['←', '→']],
      ['ends', ['Home', 'End']],
      ['speed', ['<', '>']],
      ['moments', ['[', ']']],
    ],
  ],
]

export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts.title')}
      size="md"
      centered
      closeButtonProps={{ 'aria-label': t('shortcuts.close_sheet') }}
    >
      {parts.map(([part, rows]) => (
        <section key={part} aria-label={t(`shortcuts.part.${part}`)}>
          <h3 className={styles.part}>{t(`shortcuts.part.${part}`)}</h3>
          <dl className={styles.list}>
            {rows.map(([name, keys]) => (
              <div key={name}>
                <dt>{t(`shortcuts.row.${name}`)}</dt>
                <dd>
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  )
}
