import { type Issue, issueKinds, issueStatuses } from '@fleet/domain'
import { IconMoodCheck } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { PageFrame } from '../app/page-frame.tsx'
import { useMay } from '../app/session.ts'
import { useFormat } from '../i18n/format.ts'
import { useConnection, useRegistry } from '../live/live-hooks.ts'
import { Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import { FilterChips, ListToolbar } from '../list-page/list-toolbar.tsx'
import { parseChoices, parseSpan, toggleChoice } from '../list-page/search-parameters.ts'
import { useListKeys } from '../list-page/use-list-keys.ts'
import list from '../list-page/list-page.module.css'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import { issueName, possibleIssueSteps, stepIssueAction } from './issue-actions.ts'
import { IssueBoard } from './issue-board.tsx'
import { createIssueColumns } from './issue-columns.ts'
import { IssueDrawer } from './issue-drawer.tsx'
import { IssueFilters } from './issue-filters.tsx'
import type { IssuesSearch } from './issues-search.ts'
import { NewIssueDrawer } from './new-issue-drawer.tsx'
import { useIssue, useIssues } from './use-issues.ts'

/** What is wrong, by how far somebody is with it. */
export function IssuesPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const registry = useRegistry(250)
  const { hasData } = useConnection()
  const search = useSearch({ from: '/shell/issues' })
  const navigate = useNavigate({ from: '/issues' })
  const searchBox = useRef<HTMLInputElement>(null)
  const board = useRef<HTMLDivElement>(null)
  const [openedByKeyboard, setOpenedByKeyboard] = useState(false)
  const mayCreate = useMay('createIssue')

  const patch = useCallback(
    (change: { readonly [K in keyof IssuesSearch]?: IssuesSearch[K] | undefined }) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as IssuesSearch, replace: true }),
    [navigate],
  )
  const kinds = parseChoices(issueKinds, search.kind)
  const q = useDeferredValue(search.q ?? '')
  const reported = useMemo(() => parseSpan(search.reported), [search.reported])
  const { bikes, couriers, deliveries } = registry
  const courier = useMemo(
    () => [...couriers.values()].find(({ no }) => String(no) === search.courier),
    [couriers, search.courier],
  )
  const courierId = courier?.id ?? null
  const { issues } = useIssues({ search: q, reported, courierId })
  const columns = useMemo(
    () =>
      createIssueColumns(issues, { bikes, couriers, deliveries }, { search: q, kinds, reported, courierId }),
    // oxlint-disable-next-line react/exhaustive-deps -- the address stands for what was read out of it
    [issues, bikes, couriers, deliveries, q, search.kind, reported, courierId],
  )
  const shown = issueStatuses.reduce((sum, status) => sum + columns[status].length, 0)
  const open = useIssue(search.i, issues)

  const openIssue = useCallback(
    ({ id }: Issue, byKeyboard: boolean) => {
      setOpenedByKeyboard(byKeyboard)
      patch({ i: id, new: undefined, bike: undefined })
    },
    [patch],
  )
  const backToBoard = useRef({
    // Back to the card that was opened; else to the first column that has any.
    focus: () =>
      (
        board.current?.querySelector<HTMLElement>('[data-open="true"] button') ??
        board.current?.querySelector<HTMLElement>('ul[tabindex]')
      )?.focus(),
  })
  const close = useCallback(() => {
    backToBoard.current.focus()
    patch({ i: undefined, new: undefined, bike: undefined })
  }, [patch])
  const create = useCallback(() => patch({ new: '1', i: undefined }), [patch])
  useListKeys({
    searchRef: searchBox,
    listRef: backToBoard,
    drawerOpen: search.i !== undefined || search.new !== undefined,
    onClose: close,
    onCreate: mayCreate ? create : undefined,
  })
  usePaletteEntries(useIssueEntries(open ?? null, mayCreate ? create : null))

  const filtered = [search.q, search.kind, search.reported, search.courier].some(
    (value) => value !== undefined,
  )
  const drawerOpen = (open !== null && open !== undefined) || search.new === '1'
  return (
    <PageFrame title={t('nav.issues')} className={list.page}>
      <ListToolbar
        title={t('nav.issues')}
        count={
          hasData
            ? t('issue.waiting', {
                count: columns.open.length,
                formatted: format.number(columns.open.length),
              })
            : null
        }
        searchLabel={t('issue.search')}
        searchRef={searchBox}
        search={search.q}
        onSearch={(text) => patch({ q: text })}
        create={mayCreate ? { label: t('issue.create'), onClick: create } : undefined}
        filters={
          <>
            <FilterChips
              label={t('issue.filterKind')}
              chips={issueKinds.map((value) => ({ value, label: t(`issueKind.${value}`) }))}
              chosen={kinds}
              onToggle={(value) => patch({ kind: toggleChoice(issueKinds, search.kind, value) })}
            />
            <IssueFilters search={search} couriers={couriers} onSearch={patch} />
          </>
        }
      />
      <div className={list.body} data-drawer={drawerOpen ? 'true' : undefined} ref={board}>
        {!hasData ? (
          <RowSkeletons />
        ) : shown === 0 ? (
          <Nothing
            icon={IconMoodCheck}
            title={t(filtered ? 'issue.noMatch' : 'issue.nothing')}
            hint={t(filtered ? 'list.noMatch' : 'issue.nothingHint')}
            onReset={
              filtered
                ? () => patch({ q: undefined, kind: undefined, reported: undefined, courier: undefined })
                : undefined
            }
          />
        ) : (
          <IssueBoard columns={columns} subjects={registry} openId={open?.id ?? null} onOpen={openIssue} />
        )}
        {search.new === '1' && mayCreate && hasData ? (
          <NewIssueDrawer
            registry={registry}
            bikeCode={search.bike}
            onDone={({ id }) => patch({ new: undefined, bike: undefined, i: id })}
            onClose={close}
          />
        ) : (
          open !== null &&
          open !== undefined && (
            <IssueDrawer
              key={open.id}
              issue={open}
              registry={registry}
              takeFocus={openedByKeyboard}
              onClose={close}
            />
          )
        )}
        {search.i !== undefined && open === null && hasData && (
          <p className={list.gone} role="status">
            {t('issue.gone')}
          </p>
        )}
      </div>
    </PageFrame>
  )
}

/** For the palette: what can be done to the open issue. */
function useIssueEntries(issue: Issue | null, create: (() => void) | null): readonly PaletteEntry[] {
  const { t } = useTranslation()
  const run = useAction()
  const mayStep = useMay('stepIssue')
  return useMemo(
    () => [
      ...(issue === null || !mayStep ? [] : possibleIssueSteps(issue)).map((event): PaletteEntry => ({
        id: `issue-step-${event}`,
        group: 'selection',
        title: t(`issue.step.${event}`),
        detail: issueName(t, issue!),
        run: () => void run(stepIssueAction(t, issue!, event)),
      })),
      ...(create === null
        ? []
        : [
            {
              id: 'new-issue',
              group: 'app' as const,
              title: t('issue.create'),
              shortcut: 'N',
              run: create,
            },
          ]),
    ],
    [issue, create, mayStep, run, t],
  )
}
