import type { Bike, ServiceEntry } from '@fleet/domain'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { PrintSheet, PrintTable } from '../print/print-sheet.tsx'
import type { Due } from './service-due.ts'

interface ServicePrintProps {
  readonly bike: Bike
  readonly entries: readonly ServiceEntry[]
  /** By the entry's id. */
  readonly due: ReadonlyMap<string, Due>
  readonly odometerM: number | null
  readonly costCents: number
}

/** The service book of a bike on paper. */
export function ServicePrint({ bike, entries, due, odometerM, costCents }: ServicePrintProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const km = (value: number | null) =>
    value === null ? '' : t('unit.km', { value: format.number(Math.round(value)) })
  const dueOf = (entry: ServiceEntry): string => {
    const when = due.get(entry.id)
    const at = [entry.dueMs === null ? '' : format.date(entry.dueMs), km(entry.dueKm)]
    return when === undefined ? '' : t(`service.due.${when}`, { when: at.filter(Boolean).join(' · ') })
  }
  const facts = [
    t(`bikeKind.${bike.kind}`),
    t(`bikeStatus.${bike.status}`),
    odometerM === null ? '' : km(odometerM / 1000),
    bike.note,
  ]
  return (
    <PrintSheet title={t('service.subject', { code: bike.code })} facts={facts}>
      {() =>
        entries.length === 0 ? (
          <p>{t('service.empty')}</p>
        ) : (
          <>
            <PrintTable
              rows={entries}
              keyOf={({ id }) => id}
              columns={[
                { label: t('service.field.date'), cell: ({ atMs }) => format.date(atMs) },
                { label: t('service.field.kind'), cell: ({ kind }) => t(`serviceKind.${kind}`) },
                { label: t('form.note'), cell: ({ note }) => note },
                { label: t('print.due'), cell: dueOf },
                { label: t('print.odometer'), align: 'end', cell: ({ odometerKm }) => km(odometerKm) },
                {
                  label: t('print.cost'),
                  align: 'end',
                  cell: (entry) => (entry.costCents > 0 ? format.money(entry.costCents) : ''),
                },
              ]}
            />
            <p>{t('service.total', { cost: format.money(costCents) })}</p>
          </>
        )
      }
    </PrintSheet>
  )
}
