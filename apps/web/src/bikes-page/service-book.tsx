import { type Bike, createId, type ServiceEntry, type ServiceEntryId } from '@fleet/domain'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconDots, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { rowsKey, useServices } from '../app/services.ts'
import { useMay } from '../app/session.ts'
import { useFormat } from '../i18n/format.ts'
import { useServerNow } from '../live/live-hooks.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import { readingsOf } from './bike-rows.ts'
import { type Due, dueEntries } from './service-due.ts'
import { emptyServiceDraft, type ServiceFields, serviceDraftOf } from './service-draft.ts'
import { ServicePrint } from './service-print.tsx'
import { ServiceForm } from './service-form.tsx'
import styles from './service-book.module.css'

/** Service books are not part of the live picture: what others write shows within this time. */
const refreshMs = 20_000

/** What was done to a bike, what it cost, and when it is to be done again. */
export function ServiceBook({ bike }: { bike: Bike }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { api, live } = useServices()
  const run = useAction()
  const mayWrite = useMay('createServiceEntry')
  const nowMs = useServerNow(60_000)
  /** Null: no form; `new` or the id of the entry that is being corrected. */
  const [writing, setWriting] = useState<string | null>(null)
  const { data, isError, refetch } = useQuery({
    queryKey: [rowsKey, 'service', bike.id],
    refetchInterval: refreshMs,
    queryFn: async ({ signal }) =>
      (await api.call('listServiceEntries', { query: { bikeId: bike.id, limit: 500 }, signal })).items,
  })
  const odometerM = readingsOf(bike, live.markers, nowMs).odometerM
  const due = useMemo(
    () => dueEntries(data ?? [], nowMs, odometerM === null ? null : odometerM / 1000),
    [data, nowMs, odometerM],
  )
  const costCents = (data ?? []).reduce((sum, entry) => sum + entry.costCents, 0)

  const create = async (fields: ServiceFields) => {
    const outcome = await run({
      route: 'createServiceEntry',
      input: {
        body: {
          id: createId<ServiceEntryId>(live.serverNowMs(), crypto.getRandomValues(new Uint8Array(10))),
          bikeId: bike.id,
          ...fields,
        },
      },
      done: t('service.done.create', { code: bike.code, kind: t(`serviceKind.${fields.kind}`) }),
    })
    if (outcome.ok) setWriting(null)
  }
  const correct = async (entry: ServiceEntry, fields: ServiceFields) => {
    const outcome = await run({
      route: 'updateServiceEntry',
      input: { params: { id: entry.id }, ifMatch: entry.version, body: fields },
      done: t('service.done.edit', { code: bike.code, kind: t(`serviceKind.${entry.kind}`) }),
      subject: t('service.subject', { code: bike.code }),
    })
    if (outcome.ok) setWriting(null)
  }
  const remove = (entry: ServiceEntry) =>
    void run({
      route: 'removeServiceEntry',
      input: { params: { id: entry.id }, ifMatch: entry.version },
      done: t('service.done.remove', { code: bike.code, kind: t(`serviceKind.${entry.kind}`) }),
      subject: t('service.subject', { code: bike.code }),
    })

  return (
    <DetailSection title={t('service.title')}>
      {data !== undefined && (
        <ServicePrint bike={bike} entries={data} due={due} odometerM={odometerM} costCents={costCents} />
      )}
      {isError && data === undefined ? (
        <p className={list.quiet}>
          {t('service.failed')}{' '}
          <Button size="compact-xs" variant="default" onClick={() => void refetch()}>
            {t('detail.retry')}
          </Button>
        </p>
      ) : (
        <>
          {data?.length === 0 && writing === null && <p className={list.quiet}>{t('service.empty')}</p>}
          {writing === 'new' && (
            <ServiceForm
              initial={emptyServiceDraft(nowMs, odometerM)}
              onSubmit={create}
              onCancel={() => setWriting(null)}
            />
          )}
          <ol className={styles.entries}>
            {(data ?? []).map((entry) =>
              writing === entry.id ? (
                <li key={entry.id}>
                  <ServiceForm
                    initial={serviceDraftOf(entry)}
                    onSubmit={(fields) => correct(entry, fields)}
                    onCancel={() => setWriting(null)}
                  />
                </li>
              ) : (
                <Entry
                  key={entry.id}
                  entry={entry}
                  due={due.get(entry.id)}
                  onEdit={mayWrite ? () => setWriting(entry.id) : undefined}
                  onRemove={() => remove(entry)}
                />
              ),
            )}
          </ol>
          {(data?.length ?? 0) > 1 && (
            <p className={styles.total}>{t('service.total', { cost: format.money(costCents) })}</p>
          )}
          {mayWrite && writing === null && (
            <Button
              mt={8}
              variant="default"
              size="xs"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => setWriting('new')}
            >
              {t('service.add')}
            </Button>
          )}
        </>
      )}
    </DetailSection>
  )
}

interface EntryProps {
  readonly entry: ServiceEntry
  readonly due: Due | undefined
  readonly onEdit: (() => void) | undefined
  readonly onRemove: () => void
}

function Entry({ entry, due, onEdit, onRemove }: EntryProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const kind = t(`serviceKind.${entry.kind}`)
  const dueAt = [
    ...(entry.dueMs === null ? [] : [format.date(entry.dueMs)]),
    ...(entry.dueKm === null ? [] : [t('unit.km', { value: format.number(entry.dueKm) })]),
  ].join(' · ')
  return (
    <li>
      <div className={styles.head}>
        <strong>{kind}</strong>
        <span className={styles.cost}>{entry.costCents > 0 && format.money(entry.costCents)}</span>
        {onEdit !== undefined && (
          <Menu position="bottom-end" shadow="md" withinPortal>
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={24}
                aria-label={t('service.more', { kind, date: format.date(entry.atMs) })}
              >
                <IconDots size={16} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={onEdit}>{t('service.edit')}</Menu.Item>
              <Menu.Item onClick={onRemove}>{t('service.remove')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <p>
        {format.date(entry.atMs)}
        {entry.odometerKm !== null && ` · ${t('unit.km', { value: format.number(entry.odometerKm) })}`}
      </p>
      {entry.note !== '' && <p className={styles.note}>{entry.note}</p>}
      {due !== undefined && (
        <p className={styles.due} data-due={due}>
          {t(`service.due.${due}`, { when: dueAt })}
        </p>
      )}
    </li>
  )
}
