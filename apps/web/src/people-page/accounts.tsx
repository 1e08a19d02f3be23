import type { User } from '@fleet/domain'
import { IconUserOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { rowsKey, useServices } from '../app/services.ts'
import { useRegistry } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { LoadFailed, Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import list from '../list-page/list-page.module.css'
import { wordsOf } from '../palette/palette-match.ts'
import type { Column } from '../table/column.ts'
import { DataTable } from '../table/data-table.tsx'
import { searchable } from '../list-page/searchable.ts'
import { AccountDrawer } from './account-drawer.tsx'
import { NewAccountDrawer } from './new-account-drawer.tsx'
import type { PeopleListProps } from './people-page.tsx'

/** Accounts are not part of the live picture: what others change shows within this time. */
const refreshMs = 20_000

/** Who may sign in, and as what. */
export function Accounts({ search, patch, table, onClose }: PeopleListProps) {
  const { t } = useTranslation()
  const { api } = useServices()
  const { couriers } = useRegistry(1_000)
  const [byKeyboard, setByKeyboard] = useState(false)
  /** A password that was set a moment ago; it is shown this once. */
  const [issued, setIssued] = useState<{ readonly name: string; readonly password: string } | null>(null)
  // However the drawer was closed: whoever comes to this screen later must not find it.
  if (issued !== null && search.new === undefined && search.o !== issued.name) setIssued(null)
  const { data, isError, refetch } = useQuery({
    queryKey: [rowsKey, 'users'],
    refetchInterval: refreshMs,
    queryFn: async ({ signal }) => {
      const users: User[] = []
      let cursor: string | null = null
      do {
        const page: { items: User[]; nextCursor: string | null } = await api.call('listUsers', {
          query: { limit: 500, ...(cursor === null ? {} : { cursor }) },
          signal,
        })
        users.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== null)
      return users.sort((a, b) => a.name.localeCompare(b.name))
    },
  })
  const rows = useMemo(() => {
    const words = wordsOf(search.q ?? '')
    return (data ?? []).filter(({ name, courierId }) => {
      const text = searchable(`${name}\n${courierId === null ? '' : (couriers.get(courierId)?.name ?? '')}`)
      return words.every((word) => text.includes(word))
    })
  }, [data, couriers, search.q])
  const columns = useAccountColumns(couriers)
  const open = data?.find(({ name }) => name === search.o)
  return (
    <div className={list.body} data-drawer={open !== undefined || search.new === '1' ? 'true' : undefined}>
      <DataTable
        ref={table}
        id="accounts"
        label={t('people.accounts')}
        columns={columns}
        rows={rows}
        sort={{ column: '', descending: false }}
        onSort={() => undefined}
        openId={open?.id ?? null}
        onOpen={({ name }, keyboard) => {
          setByKeyboard(keyboard)
          patch({ o: name, new: undefined })
        }}
        empty={
          isError ? (
            <LoadFailed onRetry={() => void refetch()} />
          ) : data === undefined ? (
            <RowSkeletons />
          ) : (
            <Nothing
              icon={IconUserOff}
              title={t('people.noMatch')}
              hint={t('list.noMatch')}
              onReset={() => patch({ q: undefined })}
            />
          )
        }
      />
      {search.new === '1' ? (
        <NewAccountDrawer
          couriers={couriers}
          onDone={(user, password) => {
            setIssued({ name: user.name, password })
            patch({ new: undefined, o: user.name })
          }}
          onClose={onClose}
        />
      ) : (
        open !== undefined && (
          <AccountDrawer
            key={open.id}
            user={open}
            couriers={couriers}
            takeFocus={byKeyboard}
            password={issued?.name === open.name ? issued.password : null}
            onPassword={(password) => setIssued({ name: open.name, password })}
            onClose={onClose}
          />
        )
      )}
    </div>
  )
}

function useAccountColumns(couriers: Registry['couriers']): readonly Column<User>[] {
  const { t } = useTranslation()
  return useMemo(
    (): readonly Column<User>[] => [
      {
        id: 'name',
        header: t('people.column.name'),
        widthPx: 180,
        cell: ({ name }) => <span className={list.strong}>{name}</span>,
      },
      {
        id: 'role',
        header: t('people.column.role'),
        widthPx: 140,
        cell: ({ role }) => <span>{t(`roles.${role}`)}</span>,
      },
      {
        id: 'state',
        header: t('people.column.state'),
        widthPx: 150,
        cell: ({ disabled }) => (
          <span className={disabled ? list.warn : undefined}>
            {t(disabled ? 'people.disabled' : 'people.enabled')}
          </span>
        ),
      },
      {
        id: 'courier',
        header: t('people.column.courier'),
        widthPx: 180,
        cell: ({ courierId }) => (
          <span>{courierId === null ? '' : (couriers.get(courierId)?.name ?? '–')}</span>
        ),
      },
    ],
    [t, couriers],
  )
}
