import { Kbd, Modal } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import type { PaletteEntry } from './palette-registry.ts'
import { bestMatches, searched, wordsOf } from './palette-match.ts'
import { useFoundDeliveries } from './found-deliveries.ts'
import { useRecordEntries } from './record-entries.ts'
import styles from './command-palette.module.css'

const maxShown = 40
const groups = ['selection', 'page', 'record', 'app'] as const

/** Reaches every page, every record and every action by typing some of its name. */
export function CommandPalette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const before = useRef<Element | null>(null)
  useEffect(() => {
    if (opened) before.current = document.activeElement
  }, [opened])
  const leave = (then?: () => void) => {
    onClose()
    setTimeout(() => {
      if (before.current instanceof HTMLElement) before.current.focus({ preventScroll: true })
      then?.()
    })
  }
  return (
    <Modal.Root
      opened={opened}
      onClose={() => leave()}
      size={620}
      yOffset="12vh"
      padding={0}
      // An entry may open a dialog of its own, from which a focus that returns late would be taken away.
      returnFocus={false}
      // Gone at once: while a dialog fades, shortcuts would rest.
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.label')}>
        <Modal.Body>{opened && <Palette onLeave={leave} />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

function Palette({ onLeave }: { onLeave: (then: () => void) => void }) {
  const { t } = useTranslation()
  const id = useId()
  const [text, setText] = useState('')
  const [activeIndex, setActiveIndex] = useState(0)
  const shown = useMatches(text)
  const active = shown[Math.min(activeIndex, shown.length - 1)]
  useEffect(() => {
    if (active !== undefined)
      document.getElementById(`${id}-${active.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, active])

  const run = (entry: PaletteEntry) => onLeave(entry.run)
  const onKeyDown = (event: KeyboardEvent) => {
    const last = shown.length - 1
    if (event.key === 'ArrowDown') setActiveIndex((index) => (index >= last ? 0 : index + 1))
    else if (event.key === 'ArrowUp') setActiveIndex((index) => (index <= 0 ? last : index - 1))
    else if (event.key === 'Enter' && active !== undefined) run(active)
    else return
    event.preventDefault()
  }

  return (
    <div className={styles.palette}>
      <div className={styles.search}>
        <IconSearch size={18} stroke={1.75} aria-hidden />
        <input
          role="combobox"
          aria-label={t('palette.label')}
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active === undefined ? undefined : `${id}-${active.id}`}
          placeholder={t('palette.placeholder')}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setActiveIndex(0)
          }}
          onKeyDown={onKeyDown}
        />
        <Kbd size="xs">Esc</Kbd>
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={t('palette.label')} className={styles.list}>
        {[...new Set(shown.map((entry) => entry.group))].map((group) => {
          const entries = shown.filter((entry) => entry.group === group)
          return (
            <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
              <div id={`${id}-${group}`} className={styles.group}>
                {t(`palette.group.${group}`)}
              </div>
              {entries.map((entry) => (
                <Option
                  key={entry.id}
                  domId={`${id}-${entry.id}`}
                  entry={entry}
                  active={entry === active}
                  onRun={run}
                />
              ))}
            </div>
          )
        })}
      </div>
      {shown.length === 0 && (
        <p className={styles.none} role="status">
          {t('palette.nothing')}
        </p>
      )}
    </div>
  )
}

interface OptionProps {
  readonly domId: string
  readonly entry: PaletteEntry
  readonly active: boolean
  readonly onRun: (entry: PaletteEntry) => void
}

function Option({ domId, entry, active, onRun }: OptionProps) {
  const EntryIcon = entry.icon
  return (
    <div
      id={domId}
      role="option"
      aria-selected={active}
      className={styles.option}
      onClick={() => onRun(entry)}
    >
      {EntryIcon === undefined ? <span /> : <EntryIcon size={17} stroke={1.75} aria-hidden />}
      <span className={styles.title}>{entry.title}</span>
      {entry.detail !== undefined && <span className={styles.detail}>{entry.detail}</span>}
      {entry.shortcut !== undefined && <Kbd size="xs">{entry.shortcut}</Kbd>}
    </div>
  )
}

/** Group by group, the group with the best match first: Enter takes what was most likely meant. */
function useMatches(text: string): readonly PaletteEntry[] {
  const { palette } = useServices()
  const offered = useSyncExternalStore(palette.subscribe, () => palette.entries)
  const records = useRecordEntries()
  const found = useFoundDeliveries(text, records)
  const searchedOffered = useMemo(() => offered.map(searched), [offered])
  const searchedRecords = useMemo(() => records.map(searched), [records])
  return useMemo(() => {
    const words = wordsOf(text)
    const matches = [
      ...bestMatches(searchedOffered, words, maxShown),
      ...(words.length === 0 ? [] : bestMatches(searchedRecords, words, maxShown)),
      // What the server found matches in some field that we do not hold.
      ...(words.length === 0 ? [] : found.map((item) => ({ item, score: 1 }))),
    ]
    return groups
      .map((group) => matches.filter(({ item }) => item.group === group))
      .sort((a, b) => (b[0]?.score ?? 0) - (a[0]?.score ?? 0))
      .flat()
      .map(({ item }) => item)
      .slice(0, maxShown)
  }, [searchedOffered, searchedRecords, found, text])
}
