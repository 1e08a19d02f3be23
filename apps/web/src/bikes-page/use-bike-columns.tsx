import { IconAlertTriangle, IconBattery1, IconBolt } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { lowBatteryPct } from '../live/marker-columns.ts'
import { oldFixMs } from '../live-page/fleet-row.tsx'
import { StatusIcon } from '../live-page/status-icon.tsx'
import list from '../list-page/list-page.module.css'
import type { Column } from '../table/column.ts'
import type { BikeRow } from './bike-rows.ts'

const dueClass = { overdue: list.bad, soon: list.warn, later: list.quiet } as const

/** The columns of the registry; fewer on a phone. */
export function useBikeColumns(narrow: boolean): readonly Column<BikeRow>[] {
  const { t } = useTranslation()
  const format = useFormat()
  return useMemo(() => {
    const columns: Column<BikeRow>[] = [
      {
        id: 'code',
        header: t('bike.column.code'),
        widthPx: narrow ? 96 : 110,
        sortable: true,
        cell: ({ bike }) => <span className={list.strong}>{bike.code}</span>,
      },
      {
        id: 'status',
        header: t('bike.column.status'),
        widthPx: narrow ? 118 : 130,
        sortable: true,
        cell: ({ bike }) => (
          <>
            <StatusIcon status={bike.status} size={14} />
            <span>{t(`bikeStatus.${bike.status}`)}</span>
          </>
        ),
      },
      {
        id: 'kind',
        header: t('bike.column.kind'),
        widthPx: 120,
        sortable: true,
        cell: ({ bike }) => <span>{t(`bikeKind.${bike.kind}`)}</span>,
      },
      {
        id: 'battery',
        header: t('bike.column.battery'),
        widthPx: narrow ? 120 : 150,
        sortable: true,
        cell: (row) => <Battery row={row} />,
      },
      {
        id: 'odometer',
        header: t('bike.column.odometer'),
        widthPx: 130,
        align: 'end',
        sortable: true,
        cell: ({ odometerM }) => (
          <span className={list.figure}>{odometerM === null ? '–' : format.distanceKm(odometerM)}</span>
        ),
      },
      {
        id: 'seen',
        header: t('bike.column.seen'),
        widthPx: 130,
        sortable: true,
        cell: ({ ageMs }) => (
          <span className={ageMs === null || ageMs > oldFixMs ? list.warn : list.figure}>
            {ageMs === null ? t('age.never') : t('age.ago', { age: format.duration(ageMs) })}
          </span>
        ),
      },
      {
        id: 'rider',
        header: t('bike.column.rider'),
        widthPx: 180,
        sortable: true,
        cell: ({ rider }) => <span>{rider?.name ?? ''}</span>,
      },
      {
        id: 'issues',
        header: t('bike.column.issues'),
        widthPx: 120,
        sortable: true,
        cell: ({ openIssueCount }) =>
          openIssueCount === 0 ? null : (
            <span className={list.warn}>
              <IconAlertTriangle size={14} stroke={2} aria-hidden style={{ verticalAlign: '-2px' }} />{' '}
              {t('bike.openIssues', { count: openIssueCount })}
            </span>
          ),
      },
      {
        id: 'service',
        header: t('bike.column.service'),
        widthPx: 180,
        sortable: true,
        cell: ({ service }) =>
          service === null ? null : (
            <span className={dueClass[service.due]}>
              {t('bike.dueService', {
                due: t(`bike.service.${service.due}`),
                kind: t(`serviceKind.${service.entry.kind}`),
              })}
            </span>
          ),
      },
    ]
    return narrow ? columns.filter(({ id }) => ['code', 'status', 'battery'].includes(id)) : columns
  }, [t, format, narrow])
}

function Battery({ row }: { row: BikeRow }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { batteryPct, charging, rangeM } = row
  if (batteryPct === null) return <span className={list.quiet}>–</span>
  const low = batteryPct <= lowBatteryPct && !charging
  return (
    <>
      {charging && <IconBolt size={14} stroke={2} aria-label={t('detail.charging')} />}
      {low && <IconBattery1 size={15} stroke={2} className={list.bad} aria-label={t('list.lowBattery')} />}
      <span className={low ? list.bad : list.figure}>
        {format.percent(batteryPct)}
        {rangeM !== null && ` · ${format.distanceKm(rangeM)}`}
      </span>
    </>
  )
}
