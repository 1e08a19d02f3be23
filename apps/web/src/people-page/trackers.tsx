import type { Device } from '@fleet/domain'
import { IconDeviceMobileOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import { useConnection, useRegistry } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { searchable } from '../list-page/searchable.ts'
import { Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import list from '../list-page/list-page.module.css'
import { wordsOf } from '../palette/palette-match.ts'
import type { Column } from '../table/column.ts'
import { DataTable } from '../table/data-table.tsx'
import { mountName } from './mount-choices.ts'
import { NewTrackerDrawer } from './new-tracker-drawer.tsx'
import type { PeopleListProps } from './people-page.tsx'
import { TrackerDrawer } from './tracker-drawer.tsx'

/** What reports positions, and what it is on. */
export function Trackers({ search, patch, table, onClose }: PeopleListProps) {
  const { t } = useTranslation()
  const registry = useRegistry(500)
  const { hasData } = useConnection()
  const mayCreate = useMay('createDevice')
  const [byKeyboard, setByKeyboard] = useState(false)
  /** A secret that was made a moment ago; it is shown this once. */
  const [issued, setIssued] = useState<{ readonly no: number; readonly secret: string } | null>(null)
  // However the drawer was closed: whoever comes to this screen later must not find it.
  if (issued !== null && search.new === undefined && search.o !== String(issued.no)) setIssued(null)
  const { devices, bikes, couriers } = registry
  const rows = useMemo(() => {
    const words = wordsOf(search.q ?? '')
    return [...devices.values()]
      .filter(({ name, trackerId, mount }) => {
        const text = searchable(`${name}\n${trackerId}\n${mountName(mount, { bikes, couriers })}`)
        return words.every((word) => text.includes(word))
      })
      .sort((a, b) => a.name.localeCompare(b.name))
  }, [devices, bikes, couriers, search.q])
  const columns = useTrackerColumns(registry)
  const open = useMemo(
    () => [...devices.values()].find(({ no }) => String(no) === search.o),
    [devices, search.o],
  )
  const isNew = search.new === '1' && mayCreate
  return (
    <div className={list.body} data-drawer={open !== undefined || isNew ? 'true' : undefined}>
      <DataTable
        ref={table}
        id="trackers"
        label={t('people.trackers')}
        columns={columns}
        rows={rows}
        sort={{ column: '', descending: false }}
        onSort={() => undefined}
        openId={open?.id ?? null}
        onOpen={({ no }, keyboard) => {
          setByKeyboard(keyboard)
          patch({ o: String(no), new: undefined })
        }}
        empty={
          hasData ? (
            <Nothing
              icon={IconDeviceMobileOff}
              title={t(search.q === undefined ? 'tracker.none' : 'tracker.noMatch')}
              hint={t(search.q === undefined ? 'tracker.noneHint' : 'list.noMatch')}
              onReset={search.q === undefined ? undefined : () => patch({ q: undefined })}
            />
          ) : (
            <RowSkeletons />
          )
        }
      />
      {isNew ? (
        <NewTrackerDrawer
          registry={registry}
          onDone={(device, secret) => {
            setIssued({ no: device.no, secret })
            patch({ new: undefined, o: String(device.no) })
          }}
          onClose={onClose}
        />
      ) : (
        open !== undefined && (
          <TrackerDrawer
            key={open.id}
            device={open}
            registry={registry}
            takeFocus={byKeyboard}
            secret={issued?.no === open.no ? issued.secret : null}
            onSecret={(secret) => setIssued({ no: open.no, secret })}
            onClose={onClose}
          />
        )
      )}
    </div>
  )
}

function useTrackerColumns({
  bikes,
  couriers,
}: Pick<Registry, 'bikes' | 'couriers'>): readonly Column<Device>[] {
  const { t } = useTranslation()
  return useMemo(
    (): readonly Column<Device>[] => [
      {
        id: 'name',
        header: t('tracker.column.name'),
        widthPx: 220,
        cell: ({ name }) => <span className={list.strong}>{name}</span>,
      },
      {
        id: 'mount',
        header: t('tracker.column.mount'),
        widthPx: 180,
        cell: ({ mount }) => <span>{mountName(mount, { bikes, couriers })}</span>,
      },
    ],
    [t, bikes, couriers],
  )
}
