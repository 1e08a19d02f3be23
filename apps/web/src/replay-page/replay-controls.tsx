import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core'
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { type Moment, momentAfter, momentBefore, momentKinds } from './replay-log.ts'
import type { ReplayPlayer } from './replay-player.ts'
import { parseSpeed, speeds, type Window } from './replay-search.ts'
import { Scrubber } from './scrubber.tsx'
import { useMoment, usePlayerView } from './use-player.ts'
import { useMomentText } from './use-moment-text.ts'
import styles from './replay-controls.module.css'

interface ReplayControlsProps {
  readonly player: ReplayPlayer
  readonly window: Window
  readonly moving: readonly number[] | null
  readonly moments: readonly Moment[]
  /** What cannot be shown; null when all is well. */
  readonly problem: { readonly text: string; readonly retry: () => void } | null
}

/** The strip with the play head, and all that moves it. */
export function ReplayControls({ player, window, moving, moments, problem }: ReplayControlsProps) {
  const { t } = useTranslation()
  const { playing, speed } = usePlayerView(player)
  const PlayIcon = playing ? IconPlayerPauseFilled : IconPlayerPlayFilled
  return (
    <section className={styles.controls} aria-label={t('replay.controls')}>
      <Scrubber player={player} window={window} moving={moving} moments={moments} />
      <div className={styles.line}>
        <div className={styles.buttons}>
          <Jump player={player} moments={moments} forward={false} />
          <ActionIcon
            size={36}
            radius="xl"
            aria-label={t(playing ? 'replay.pause' : 'replay.play')}
            aria-keyshortcuts="Space"
            onClick={() => (playing ? player.pause() : player.play())}
          >
            <PlayIcon size={18} aria-hidden />
          </ActionIcon>
          <Jump player={player} moments={moments} forward />
        </div>
        <Clock player={player} />
        <SegmentedControl
          size="xs"
          className={styles.speed}
          aria-label={t('replay.speed')}
          value={String(speed)}
          onChange={(value) => player.setSpeed(parseSpeed(value))}
          data={speeds.map((value) => ({ value: String(value), label: t('replay.times', { value }) }))}
        />
        {problem === null ? (
          <Caption player={player} moments={moments} />
        ) : (
          <p className={styles.problem} role="alert">
            {problem.text}
            <Button size="compact-xs" variant="default" onClick={problem.retry}>
              {t('detail.retry')}
            </Button>
          </p>
        )}
        <ul className={styles.legend}>
          {momentKinds.map((kind) => (
            <li key={kind} data-kind={kind}>
              {t(`replay.tick.${kind}`)}
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

interface JumpProps {
  readonly player: ReplayPlayer
  readonly moments: readonly Moment[]
  readonly forward: boolean
}

/** To what happened before or after the moment that is shown. */
function Jump({ player, moments, forward }: JumpProps) {
  const { t } = useTranslation()
  const atMs = useMoment(player, 250)
  const to = forward ? momentAfter(moments, atMs) : momentBefore(moments, atMs)
  const label = t(forward ? 'replay.next' : 'replay.previous')
  const JumpIcon = forward ? IconPlayerSkipForward : IconPlayerSkipBack
  return (
    <Tooltip label={label} withArrow>
      <ActionIcon
        size={32}
        variant="default"
        aria-label={label}
        aria-keyshortcuts={forward ? ']' : '['}
        // Not `disabled`: that would take the focus away from whoever comes to the last one.
        aria-disabled={to === undefined}
        onClick={() => to !== undefined && player.seek(to.atMs)}
      >
        <JumpIcon size={16} stroke={1.75} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function Clock({ player }: { player: ReplayPlayer }) {
  const format = useFormat()
  const atMs = useMoment(player, 100)
  return (
    <time className={styles.clock} dateTime={new Date(atMs).toISOString()}>
      {format.timeWithSeconds(atMs)}
      <span>{format.dayShort(atMs)}</span>
    </time>
  )
}

/** What has just happened is told for so long a time of watching. */
const toldMs = 4_000

function Caption({ player, moments }: Pick<JumpProps, 'player' | 'moments'>) {
  const { t } = useTranslation()
  const textOf = useMomentText()
  const { playing, waiting, speed } = usePlayerView(player)
  const atMs = useMoment(player, 250)
  const last = momentBefore(moments, atMs + 1)
  const isFresh = last !== undefined && atMs - last.atMs <= toldMs * speed
  return (
    <p className={styles.caption} data-testid="caption" aria-live={playing ? 'off' : 'polite'}>
      {waiting ? t('replay.waiting') : isFresh ? textOf(last, true) : ''}
    </p>
  )
}
