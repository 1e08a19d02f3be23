import { MultiSelect, Select, UnstyledButton } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type Ref, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '../live/live-hooks.ts'
import { bikesByCode } from '../live-page/fleet-index.ts'
import type { Registry } from '../live/registry.ts'
import list from '../list-page/list-toolbar.module.css'
import { parseBikes, presets, presetWindow, type ReplaySearch } from './replay-search.ts'
import type { ReplayPatch } from './use-address.ts'
import styles from './replay-toolbar.module.css'

interface ReplayToolbarProps {
  readonly search: ReplaySearch
  /** As the fields show it. */
  readonly window: Required<Pick<ReplaySearch, 'date' | 'from' | 'to'>>
  readonly bikes: Registry['bikes']
  readonly finderRef: Ref<HTMLInputElement>
  readonly onSearch: (change: ReplayPatch) => void
  readonly onOpen: (bikeNo: number | null, byKeyboard: boolean) => void
}

/** More than these nobody looks through: typing finds the others. */
const mostShown = 30

/** Which time is shown, and which bikes; all of it is in the address. */
export function ReplayToolbar({ search, window, bikes, onSearch, finderRef, onOpen }: ReplayToolbarProps) {
  const { t } = useTranslation()
  const live = useLive()
  const codes = useMemo(() => Array.from(bikes.values(), ({ code }) => code).sort(), [bikes])
  const change = (part: Partial<typeof window>) => {
    // A field that somebody has emptied on the way to another value changes nothing.
    if (Object.values(part).every((value) => value !== '')) onSearch({ ...window, ...part, t: undefined })
  }
  const pickOne = {
    searchable: true,
    limit: mostShown,
    nothingFoundMessage: t('records.nothingFound'),
    comboboxProps: { transitionProps: { duration: 0 } },
  }
  const chosen = parseBikes(search.bikes).filter((code) => codes.includes(code))
  return (
    <div className={list.toolbar}>
      <div className={list.line}>
        <h1>{t('nav.replay')}</h1>
        <div className={styles.window} role="group" aria-label={t('replay.window')}>
          <input
            type="date"
            aria-label={t('form.date')}
            value={window.date}
            onChange={(event) => change({ date: event.currentTarget.value })}
          />
          <input
            type="time"
            aria-label={t('form.from')}
            value={window.from}
            onChange={(event) => change({ from: event.currentTarget.value })}
          />
          <span aria-hidden>–</span>
          <input
            type="time"
            aria-label={t('form.to')}
            value={window.to}
            onChange={(event) => change({ to: event.currentTarget.value })}
          />
        </div>
        <div className={list.chips}>
          {presets.map((preset) => (
            <UnstyledButton
              key={preset}
              className={list.chip}
              onClick={() => change(presetWindow(preset, live.serverNowMs()))}
            >
              {t(`replay.preset.${preset}`)}
            </UnstyledButton>
          ))}
        </div>
        <Select
          ref={finderRef}
          size="xs"
          className={styles.finder}
          aria-label={t('replay.find')}
          aria-keyshortcuts="/"
          placeholder={t('replay.find')}
          leftSection={<IconSearch size={15} stroke={1.75} aria-hidden />}
          data={codes}
          value={search.bike ?? null}
          onChange={(code) => onOpen(code === null ? null : (bikesByCode(bikes).get(code)?.no ?? null), true)}
          {...pickOne}
        />
        <MultiSelect
          size="xs"
          className={styles.bikes}
          classNames={{ pillsList: styles.pills }}
          aria-label={t('replay.bikes')}
          placeholder={chosen.length === 0 ? t('replay.allBikes') : ''}
          data={codes}
          value={[...chosen]}
          onChange={(values) => onSearch({ bikes: values.join(',') || undefined })}
          clearable
          clearButtonProps={{ 'aria-label': t('replay.allBikes'), tabIndex: 0 }}
          hidePickedOptions
          {...pickOne}
        />
      </div>
    </div>
  )
}
