import { SegmentedControl } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type RefObject, useCallback, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { PageFrame } from '../app/page-frame.tsx'
import { useMay } from '../app/session.ts'
import { ListToolbar } from '../list-page/list-toolbar.tsx'
import { useListKeys } from '../list-page/use-list-keys.ts'
import list from '../list-page/list-page.module.css'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import type { DataTableHandle } from '../table/data-table.tsx'
import { Accounts } from './accounts.tsx'
import type { PeopleSearch } from './people-search.ts'
import { Trackers } from './trackers.tsx'

export interface PeopleListProps {
  readonly search: PeopleSearch
  readonly patch: (change: { readonly [K in keyof PeopleSearch]?: PeopleSearch[K] | undefined }) => void
  readonly table: RefObject<DataTableHandle | null>
  readonly onClose: () => void
}

/** Who may sign in, and what reports positions. */
export function PeoplePage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/shell/people' })
  const navigate = useNavigate({ from: '/people' })
  const table = useRef<DataTableHandle>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const mayAccounts = useMay('listUsers')
  const mayTrackers = useMay('createDevice')
  const tab = mayAccounts && search.tab === undefined ? 'accounts' : 'trackers'
  const mayCreate = tab === 'accounts' ? mayAccounts : mayTrackers

  const patch = useCallback(
    (change: { readonly [K in keyof PeopleSearch]?: PeopleSearch[K] | undefined }) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as PeopleSearch, replace: true }),
    [navigate],
  )
  const close = useCallback(() => {
    patch({ o: undefined, new: undefined })
    table.current?.focus()
  }, [patch])
  const create = useCallback(() => patch({ new: '1', o: undefined }), [patch])
  useListKeys({
    searchRef: searchBox,
    listRef: table,
    drawerOpen: search.o !== undefined || search.new !== undefined,
    onClose: close,
    onCreate: mayCreate ? create : undefined,
  })
  const createLabel = t(tab === 'accounts' ? 'people.create' : 'tracker.create')
  usePaletteEntries(
    useMemo(
      (): readonly PaletteEntry[] =>
        mayCreate ? [{ id: `new-${tab}`, group: 'app', title: createLabel, shortcut: 'N', run: create }] : [],
      [mayCreate, tab, createLabel, create],
    ),
  )
  const List = tab === 'accounts' ? Accounts : Trackers
  return (
    <PageFrame title={t('nav.people')} className={list.page}>
      <ListToolbar
        title={t('nav.people')}
        searchLabel={t(tab === 'accounts' ? 'people.search' : 'tracker.search')}
        searchRef={searchBox}
        search={search.q}
        onSearch={(text) => patch({ q: text })}
        create={mayCreate ? { label: createLabel, onClick: create } : undefined}
        views={
          mayAccounts && (
            <SegmentedControl
              size="xs"
              aria-label={t('people.show')}
              value={tab}
              onChange={(value) =>
                patch({
                  tab: value === 'trackers' ? value : undefined,
                  o: undefined,
                  q: undefined,
                  new: undefined,
                })
              }
              data={[
                { value: 'accounts', label: t('people.accounts') },
                { value: 'trackers', label: t('people.trackers') },
              ]}
            />
          )
        }
      />
      <List search={search} patch={patch} table={table} onClose={close} />
    </PageFrame>
  )
}
