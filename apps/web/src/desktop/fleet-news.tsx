import type { AttentionItem } from '@fleet/domain'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { attentionOf } from '../attention/use-attention.ts'
import { reasonText } from '../attention/reason-text.ts'
import { useFormat } from '../i18n/format.ts'
import type { Registry } from '../live/registry.ts'
import { desktop } from './desktop-calls.ts'
import { fleetState } from './fleet-state.ts'
import { isDesktop } from './is-desktop.ts'
import { findNews, keepTold, mostAtOnce, newsAgain, readTold } from './news.ts'
import { wantsNotifications } from './notification-choice.ts'
import { watchOwnRows } from './own-rows.ts'

const lookEveryMs = 5_000
/** The program around the page may have been started anew and know nothing. */
const repeatStateMs = 60_000

/** What the computer around the page learns of the fleet: notifications and the tray. Draws nothing. */
export function FleetNews() {
  useNews()
  useDesktopState()
  return null
}

/** Runs in one page of a browser at a time: two windows would say everything twice. */
function aloneWhile(signal: AbortSignal, run: () => void): void {
  if (!('locks' in navigator)) return run()
  const held = () =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve())
      run()
    })
  navigator.locks.request('fleet-news', { signal }, held).catch(() => undefined)
}

/** Tells what came up while somebody looks elsewhere. Timers run on in a window that is hidden, if slower. */
function useNews(): void {
  const { t } = useTranslation()
  const format = useFormat()
  const { live } = useServices()
  useEffect(() => {
    const own = watchOwnRows(live, () => performance.now())
    const life = new AbortController()
    let isTelling = false
    const look = async () => {
      if (isTelling || !live.connection.hasData || live.connection.state !== 'live' || !wantsNotifications())
        return
      const nowMs = live.serverNowMs()
      const items = attentionOf(live, nowMs)
      const { fresh, told } = findNews(
        items,
        readTold(),
        nowMs,
        ({ deliveryId, issueId }) => own.has(deliveryId) || own.has(issueId),
      )
      isTelling = true
      const failed: AttentionItem[] = []
      const tell = (items: readonly AttentionItem[], shown: Shown) =>
        notify(shown).catch(() => failed.push(...items))
      if (fresh.length > mostAtOnce) await tell(fresh, summaryOf(fresh))
      else await Promise.all(fresh.map((item) => tell([item], oneOf(item, nowMs))))
      keepTold(newsAgain(told, failed))
      isTelling = false
    }
    const summaryOf = (fresh: readonly AttentionItem[]) => ({
      title: t('desktop.news.many', { count: fresh.length }),
      body: fresh
        .slice(0, mostAtOnce)
        .map((item) => subjectOf(item, live.registry))
        .join(', '),
      path: '/',
    })
    const oneOf = (item: AttentionItem, nowMs: number) => ({
      title: t(`desktop.news.${item.kind === 'late' ? 'late' : 'issue'}`, {
        subject: subjectOf(item, live.registry),
      }),
      body: [reasonText(t, format, item, nowMs), addressOf(item, live.registry)].filter(Boolean).join('\n'),
      path: pathOf(item, live.registry),
    })
    aloneWhile(life.signal, () => {
      const timer = setInterval(() => void look(), lookEveryMs)
      life.signal.addEventListener('abort', () => clearInterval(timer))
    })
    return () => {
      life.abort()
      own.stop()
    }
  }, [live, t, format])
}

interface Shown {
  readonly title: string
  readonly body: string
  readonly path: string
}

/** @throws when it could not be shown */
async function notify(shown: Shown): Promise<void> {
  if (isDesktop()) return desktop.notify(shown)
  const notification = new Notification(shown.title, { body: shown.body, icon: '/icon.svg', tag: shown.path })
  notification.addEventListener('click', () => {
    const target = pageWindow()
    target.focus()
    target.location.hash = `#${shown.path}`
    notification.close()
  })
}

/** The map in a window of its own stays the map as long as the window is there that opened it. */
function pageWindow(): Window {
  const opener = window.opener as Window | null
  return location.hash.startsWith('#/map') && opener !== null && !opener.closed ? opener : window
}

const deliveryOf = ({ deliveryId }: AttentionItem, { deliveries }: Registry) =>
  deliveryId === null ? undefined : deliveries.get(deliveryId)

function subjectOf(item: AttentionItem, registry: Registry): string {
  const bike = item.bikeId === null ? undefined : registry.bikes.get(item.bikeId)
  const courier = item.courierId === null ? undefined : registry.couriers.get(item.courierId)
  return deliveryOf(item, registry)?.code ?? bike?.code ?? courier?.name ?? ''
}

const addressOf = (item: AttentionItem, registry: Registry): string =>
  deliveryOf(item, registry)?.dropoff.address ?? ''

function pathOf(item: AttentionItem, registry: Registry): string {
  if (item.kind === 'issue' && item.issueId !== null) return `/issues?i=${item.issueId}`
  const delivery = deliveryOf(item, registry)
  return delivery === undefined ? '/' : `/deliveries?d=${encodeURIComponent(delivery.code)}`
}

/** The tray's line: how many are out, how many late. */
function useDesktopState(): void {
  const { t } = useTranslation()
  const { live } = useServices()
  useEffect(() => {
    if (!isDesktop()) return undefined
    let told = ''
    let toldAtMs = -Infinity
    const tell = () => {
      const { state, hasData } = live.connection
      if (!hasData) return
      const shown =
        state === 'live'
          ? fleetState(t, attentionOf(live, live.serverNowMs()), live.registry)
          : { text: t('desktop.state.noNews'), urgent: true }
      const text = JSON.stringify(shown)
      if (text === told && performance.now() - toldAtMs < repeatStateMs) return
      told = text
      toldAtMs = performance.now()
      desktop.showState(shown).catch(() => (told = ''))
    }
    tell()
    const timer = setInterval(tell, lookEveryMs)
    return () => clearInterval(timer)
  }, [live, t])
}
