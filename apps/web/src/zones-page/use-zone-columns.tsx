import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import list from '../list-page/list-page.module.css'
import type { Column } from '../table/column.ts'
import { ZoneSwatch } from './zone-kind-mark.tsx'
import type { ZoneRow } from './zone-rows.ts'

export function useZoneColumns(): readonly Column<ZoneRow>[] {
  const { t } = useTranslation()
  const format = useFormat()
  return useMemo(
    (): readonly Column<ZoneRow>[] => [
      {
        id: 'name',
        header: t('zone.column.name'),
        widthPx: 196,
        sortable: true,
        cell: ({ zone }) => (
          <>
            <ZoneSwatch kind={zone.kind} />
            <span className={list.strong} title={zone.name}>
              {zone.name}
            </span>
          </>
        ),
      },
      {
        id: 'kind',
        header: t('zone.column.kind'),
        widthPx: 128,
        sortable: true,
        cell: ({ zone }) => <span>{t(`zoneKind.${zone.kind}`)}</span>,
      },
      {
        id: 'bikes',
        header: t('zone.column.bikes'),
        widthPx: 72,
        align: 'end',
        sortable: true,
        cell: ({ bikeCount }) => (
          <span className={bikeCount === 0 ? list.quiet : list.figure}>{format.number(bikeCount)}</span>
        ),
      },
    ],
    [t, format],
  )
}
