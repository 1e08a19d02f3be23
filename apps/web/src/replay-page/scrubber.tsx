import { useElementSize } from '@mantine/hooks'
import { memo, type PointerEvent, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { type Moment, momentKinds } from './replay-log.ts'
import type { ReplayPlayer } from './replay-player.ts'
import type { Window } from './replay-search.ts'
import { areaPath, axisTimes, shareOf, strip, tickPath } from './time-axis.ts'
import { useMoment, usePlayerView } from './use-player.ts'
import styles from './scrubber.module.css'

interface ScrubberProps {
  readonly player: ReplayPlayer
  readonly window: Window
  /** How many bikes moved in each of equal parts of the window; null while nobody knows. */
  readonly moving: readonly number[] | null
  readonly moments: readonly Moment[]
}

/** The window as a strip: how much went on, what happened, and the play head, which can be drawn along it. */
export function Scrubber({ player, window, moving, moments }: ScrubberProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { ref, width } = useElementSize()
  const head = useRef<HTMLDivElement>(null)
  const hover = useRef<HTMLOutputElement>(null)
  const atMs = useMoment(player, 500)

  useEffect(() => {
    const move = () => {
      head.current!.style.left = `${shareOf(window, player.nowMs()) * 100}%`
    }
    move()
    return player.subscribe('positions', move)
  }, [player, window])

  const timeAt = (event: PointerEvent<HTMLElement>) => {
    const { left, width: widthPx } = event.currentTarget.getBoundingClientRect()
    const share = Math.min(1, Math.max(0, (event.clientX - left) / widthPx))
    return { share, ms: window.fromMs + share * (window.toMs - window.fromMs) }
  }
  const showTime = (event: PointerEvent<HTMLElement>) => {
    const { share, ms } = timeAt(event)
    const count = moving?.[Math.min(moving.length - 1, Math.floor(share * moving.length))]
    hover.current!.style.left = `${share * 100}%`
    hover.current!.textContent = [
      format.timeWithSeconds(ms),
      ...(count === undefined ? [] : [t('replay.moving', { count, formatted: format.number(count) })]),
    ].join(' · ')
    if (event.currentTarget.hasPointerCapture(event.pointerId)) player.seek(ms)
  }
  const seconds = (ms: number) => Math.round((ms - window.fromMs) / 1000)
  return (
    <div className={styles.scrubber}>
      <div
        ref={ref}
        className={styles.track}
        role="slider"
        tabIndex={0}
        aria-label={t('replay.moment')}
        aria-valuemin={0}
        aria-valuemax={seconds(window.toMs)}
        aria-valuenow={seconds(atMs)}
        aria-valuetext={format.timeWithSeconds(atMs)}
        aria-keyshortcuts="ArrowLeft ArrowRight Home End"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          player.seek(timeAt(event).ms)
        }}
        onPointerMove={showTime}
      >
        <Strip window={window} moving={moving} moments={moments} />
        <ReadSpan player={player} window={window} />
        <div ref={head} className={styles.head} />
        <output ref={hover} className={styles.hover} aria-hidden />
      </div>
      <div className={styles.axis} aria-hidden>
        {axisTimes(window, width, 64).map((ms) => (
          <span key={ms} style={{ left: `${shareOf(window, ms) * 100}%` }}>
            {format.time(ms)}
          </span>
        ))}
      </div>
    </div>
  )
}

/** What happened is told apart by its height as well as its colour. */
const tickSpans = {
  pickedUp: { top: 30, bottom: 40 },
  delivered: { top: 20, bottom: 40 },
  failed: { top: 0, bottom: 14 },
  issue: { top: 0, bottom: 20 },
} as const

const Strip = memo(function Strip({ window, moving, moments }: Omit<ScrubberProps, 'player'>) {
  const area = useMemo(() => (moving === null ? '' : areaPath(moving)), [moving])
  const ticks = useMemo(
    () =>
      momentKinds.map((kind) => {
        const times = moments.filter((moment) => moment.kind === kind).map((moment) => moment.atMs)
        return { kind, path: tickPath(window, times, tickSpans[kind]) }
      }),
    [window, moments],
  )
  return (
    <svg viewBox={`0 0 ${strip.width} ${strip.height}`} preserveAspectRatio="none" aria-hidden>
      <path className={styles.area} d={area} />
      {ticks.map(({ kind, path }) => (
        <path key={kind} className={styles.tick} data-kind={kind} d={path} />
      ))}
    </svg>
  )
})

/** How far the tracks are there. */
function ReadSpan({ player, window }: Pick<ScrubberProps, 'player' | 'window'>) {
  const { read } = usePlayerView(player)
  const from = shareOf(window, read.fromMs)
  return (
    <div
      className={styles.read}
      style={{ left: `${from * 100}%`, width: `${(shareOf(window, read.toMs) - from) * 100}%` }}
    />
  )
}
