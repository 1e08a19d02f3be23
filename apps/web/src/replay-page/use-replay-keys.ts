import { IconHistory } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/shortcuts.ts'
import { useLive } from '../live/live-hooks.ts'
import type { FleetMap } from '../map/fleet-map.ts'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import { type Moment, momentAfter, momentBefore } from './replay-log.ts'
import type { ReplayPlayer } from './replay-player.ts'
import { presets, presetWindow, speeds } from './replay-search.ts'
import type { ReplayPatch } from './use-address.ts'

interface ReplayKeys {
  readonly player: ReplayPlayer
  readonly map: FleetMap | null
  readonly moments: readonly Moment[]
  readonly patch: (change: ReplayPatch) => void
  readonly onFind: () => void
  /** False: nothing is open, so nothing was closed. */
  readonly onClose: () => boolean
  readonly onFollow: () => boolean
}

const stepMs = 10_000
const longStepMs = 60_000

/** Everything on the page by key and through the palette. */
export function useReplayKeys({ player, map, moments, patch, ...on }: ReplayKeys): void {
  const { t } = useTranslation()
  const live = useLive()
  const toggle = () => (player.view.playing ? player.pause() : player.play())
  const step = (sign: 1 | -1) => (event: KeyboardEvent) =>
    player.seek(player.nowMs() + sign * (event.shiftKey ? longStepMs : stepMs))
  const jump = (moment: Moment | undefined) => {
    if (moment !== undefined) player.seek(moment.atMs)
  }
  const changeSpeed = (by: 1 | -1) => {
    const next = speeds[speeds.indexOf(player.view.speed) + by]
    if (next !== undefined) player.setSpeed(next)
  }
  useShortcuts({
    ' ': ({ target }) => !isPressable(target) && (toggle(), true),
    ArrowLeft: step(-1),
    ArrowRight: step(1),
    Home: () => player.seek(player.window.fromMs),
    End: () => player.seek(player.window.toMs),
    '<': () => changeSpeed(-1),
    '>': () => changeSpeed(1),
    '[': () => jump(momentBefore(moments, player.nowMs())),
    ']': () => jump(momentAfter(moments, player.nowMs())),
    '/': on.onFind,
    f: on.onFollow,
    Escape: on.onClose,
    '+': () => map?.camera.zoomBy(1),
    '=': () => map?.camera.zoomBy(1),
    '-': () => map?.camera.zoomBy(-1),
    '0': () => map?.camera.showFleet(),
  })
  usePaletteEntries(
    useMemo(
      () =>
        presets.map((preset): PaletteEntry => ({
          id: `replay-${preset}`,
          group: 'app',
          icon: IconHistory,
          title: `${t('nav.replay')}: ${t(`replay.preset.${preset}`)}`,
          run: () => patch({ ...presetWindow(preset, live.serverNowMs()), t: undefined }),
        })),
      [t, live, patch],
    ),
  )
}

/** What Space presses by itself. */
const isPressable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('button, a, [role="option"]') !== null
