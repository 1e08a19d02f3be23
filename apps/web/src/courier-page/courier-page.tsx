import { Button, Skeleton } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Delivery, ShiftEvent } from '@fleet/domain'
import { PageFrame } from '../app/page-frame.tsx'
import { useServices } from '../app/services.ts'
import { useSession } from '../app/session.ts'
import { useOutboxView } from '../outbox/use-outbox.ts'
import { ToastRegion } from '../toasts/toast-region.tsx'
import { ActionBar } from './action-bar.tsx'
import { pickUp, stepShift } from './courier-doings.ts'
import { CourierMenu } from './courier-menu.tsx'
import styles from './courier-page.module.css'
import { shownDay } from './day.ts'
import { DeliverSheet } from './deliver-sheet.tsx'
import { keepShell } from './keep-shell.ts'
import { ProblemSheet } from './problem-sheet.tsx'
import { Refusals } from './refusals.tsx'
import { StopCard } from './stop-card.tsx'
import { EndedList, StopList } from './stop-list.tsx'
import { type CourierStop, codeOf, endedOf, stopsOf } from './stops.ts'
import { SyncMark } from './sync-mark.tsx'
import { useCourierOutbox, useDay } from './use-day.ts'
import { useDayNews } from './use-day-news.ts'
import { type Do, useDo } from './use-do.ts'
import { WaitingSheet } from './waiting-sheet.tsx'

type OpenSheet =
  | { readonly of: 'deliver'; readonly delivery: Delivery }
  | { readonly of: 'problem' }
  | { readonly of: 'waiting' }

/** A second tap while the first is being written to the disk does nothing. */
function useOneAtATime(act: Do): Do {
  const acting = useRef(false)
  return async (...words) => {
    if (acting.current) return false
    acting.current = true
    try {
      return await act(...words)
    } finally {
      acting.current = false
    }
  }
}

/** A courier's day on their phone: the next stop large, what to do about it under the thumb. Works without a network. */
export function CourierPage() {
  const { t } = useTranslation()
  const { outbox } = useServices()
  const session = useSession()
  const navigate = useNavigate()
  const { d } = useSearch({ from: '/me' })
  const { day: read, isOffline, problem } = useDay()
  const { entries, state } = useOutboxView()
  const act = useOneAtATime(useDo())
  const [sheet, setSheet] = useState<OpenSheet | null>(null)
  useCourierOutbox(session?.user.id)
  useDayNews(session?.user.role === 'courier')
  useEffect(keepShell, [])

  // Somebody else may have been signed in here a moment ago.
  const known = read && session && read.courier.id !== session.user.courierId ? undefined : read
  const role = session?.user.role
  useEffect(() => {
    if (session === null) void navigate({ to: '/sign-in', search: { to: '/me' } })
    else if (role !== undefined && role !== 'courier') void navigate({ to: '/', search: {} })
  }, [session, role, navigate])

  const day = useMemo(() => (known ? shownDay(known, entries) : known), [known, entries])
  const stops = useMemo(() => (day ? stopsOf(day.deliveries) : []), [day])
  const waiting = entries.filter((entry) => entry.problem === null)
  const chosen = stops.find(({ deliveries }) => deliveries.some(({ code }) => code === d))
  const stop = chosen ?? stops[0] ?? null
  const others = stops.filter((other) => other !== stop)

  const { newId } = outbox
  const toNext = () => void navigate({ to: '/me', search: {}, replace: true })
  const onPickUp = async ({ deliveries }: CourierStop) => {
    const doings = deliveries.map((delivery) => pickUp(t, newId, Date.now, delivery))
    const isDone = await act(
      doings,
      doings.length === 1 ? undefined : t('me.pickedUpDone', { count: doings.length }),
    )
    if (isDone) toNext()
  }
  const onShift = (event: ShiftEvent) => void (day && act([stepShift(t, newId, day.courier, event)]))

  return (
    <div className={styles.page} data-sheet={sheet?.of}>
      <header className={styles.header}>
        <div className={styles.who}>
          <h1>{t('me.title')}</h1>
          {day && <span>{t(`shift.${day.courier.shift}`)}</span>}
        </div>
        <SyncMark
          waiting={waiting}
          isOffline={isOffline || state === 'unreachable'}
          readAtMs={day?.readAtMs ?? null}
          onOpen={() => setSheet({ of: 'waiting' })}
        />
        {session && <CourierMenu user={session.user} waiting={waiting.length} />}
      </header>
      <PageFrame title={t('me.title')} className={styles.main}>
        <Refusals entries={entries.filter((entry) => entry.problem !== null)} />
        {problem !== null && <p role="alert">{problem}</p>}
        {day === null && <p className={styles.empty}>{t('me.noCourier')}</p>}
        {day === undefined && problem === null && (
          <div role="status" aria-label={t('me.loading')}>
            {isOffline ? (
              <p className={styles.empty}>{t('me.nothingKept')}</p>
            ) : (
              <Skeleton h={190} radius={14} />
            )}
          </div>
        )}
        {day && stop === null && (
          <div className={styles.empty}>
            <h2>{t('me.noStops')}</h2>
            <p>{t(day.courier.shift === 'on' ? 'me.noStopsHint' : 'me.offShiftHint')}</p>
          </div>
        )}
        {chosen !== undefined && chosen !== stops[0] && (
          <Button
            component={Link}
            to="/me"
            variant="subtle"
            className={styles.back}
            leftSection={<IconArrowLeft size={18} aria-hidden />}
          >
            {t('me.backToNext')}
          </Button>
        )}
        {stop !== null && <StopCard key={`${stop.kind} ${codeOf(stop)}`} stop={stop} />}
        <StopList title={t(chosen === undefined ? 'me.afterThat' : 'me.otherStops')} stops={others} />
        {day && <EndedList deliveries={endedOf(day.deliveries)} />}
      </PageFrame>
      {day && session && (
        <ActionBar
          courier={day.courier}
          stop={stop}
          isCovered={sheet !== null}
          dispatchPhone={session.dispatchPhone}
          onPickUp={(at) => void onPickUp(at)}
          onDeliver={({ deliveries: [delivery] }) => setSheet({ of: 'deliver', delivery })}
          onProblem={() => setSheet({ of: 'problem' })}
          onShift={onShift}
        />
      )}
      {sheet?.of === 'deliver' && (
        <DeliverSheet delivery={sheet.delivery} onDone={toNext} onClose={() => setSheet(null)} />
      )}
      {sheet?.of === 'problem' && day && (
        <ProblemSheet
          courier={day.courier}
          delivery={stop?.deliveries[0] ?? null}
          onClose={() => setSheet(null)}
        />
      )}
      {sheet?.of === 'waiting' && <WaitingSheet entries={waiting} onClose={() => setSheet(null)} />}
      <ToastRegion />
    </div>
  )
}
