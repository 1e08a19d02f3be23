import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { oldFixMs } from '../live-page/fleet-row.tsx'
import list from '../list-page/list-page.module.css'
import type { Column } from '../table/column.ts'
import type { CourierRow } from './courier-rows.ts'
import { ShiftMark } from './shift-mark.tsx'

/** The columns of the list; fewer on a phone. */
export function useCourierColumns(narrow: boolean): readonly Column<CourierRow>[] {
  const { t } = useTranslation()
  const format = useFormat()
  return useMemo(() => {
    const columns: Column<CourierRow>[] = [
      {
        id: 'name',
        header: t('courier.column.name'),
        widthPx: narrow ? 150 : 220,
        sortable: true,
        cell: ({ courier }) => <span className={list.strong}>{courier.name}</span>,
      },
      {
        id: 'shift',
        header: t('courier.column.shift'),
        widthPx: narrow ? 120 : 150,
        sortable: true,
        cell: ({ courier }) => <ShiftMark shift={courier.shift} />,
      },
      {
        id: 'bike',
        header: t('courier.column.bike'),
        widthPx: narrow ? 90 : 120,
        sortable: true,
        cell: ({ bike }) => <span className={list.figure}>{bike?.code ?? ''}</span>,
      },
      {
        id: 'underWay',
        header: t('courier.column.underWay'),
        widthPx: 140,
        sortable: true,
        cell: ({ underWayCount }) => (
          <span className={list.figure}>
            {underWayCount === 0 ? '' : t('courier.underWay', { count: underWayCount })}
          </span>
        ),
      },
      {
        id: 'seen',
        header: t('courier.column.seen'),
        widthPx: 140,
        sortable: true,
        cell: ({ ageMs }) => (
          <span className={ageMs !== null && ageMs > oldFixMs ? list.warn : list.figure}>
            {ageMs === null ? '' : t('age.ago', { age: format.duration(ageMs) })}
          </span>
        ),
      },
      {
        id: 'phone',
        header: t('courier.column.phone'),
        widthPx: 160,
        cell: ({ courier }) => <span className={list.figure}>{courier.phone}</span>,
      },
    ]
    return narrow ? columns.filter(({ id }) => ['name', 'shift', 'bike'].includes(id)) : columns
  }, [t, format, narrow])
}
