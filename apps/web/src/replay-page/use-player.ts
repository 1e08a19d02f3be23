import { type ApiClient, decodeTrack } from '@fleet/api'
import { useReducedMotion } from '@mantine/hooks'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import type { FleetMap } from '../map/fleet-map.ts'
import { GlidePace } from '../map/frame-pace.ts'
import type { PlayerView, ReplayPlayer } from './replay-player.ts'
import type { LoadTracks } from './track-chunks.ts'

/** A bike that was silent for longer is shown nowhere. */
const lookBackMs = 86_400_000
/** For people who asked for less motion, the picture changes once in so long a time. */
const calmStepMs = 1_000
/** Where no map says how near one looks. */
const usualZoom = 12

/** @param bikeNos null: all bikes */
export const createLoadTracks =
  (api: ApiClient, bikeNos: readonly number[] | null): LoadTracks =>
  async ({ fromMs, toMs }, stepMs, signal) => {
    const named = bikeNos === null ? {} : { bikeNos: bikeNos.join(',') }
    const answer = await api.call('replay', {
      query: { fromMs, toMs, stepMs, lookBackMs, ...named },
      signal,
    })
    return new Map(answer.tracks.map((track) => [track.bikeNo, decodeTrack(track, answer.fromMs)]))
  }

export function usePlayerView(player: ReplayPlayer): PlayerView {
  const subscribe = useCallback((listener: () => void) => player.subscribe('view', listener), [player])
  return useSyncExternalStore(subscribe, () => player.view)
}

/** The moment that is shown, at most every `intervalMs`: for what is read, not watched. After a jump, at once. */
export function useMoment(player: ReplayPlayer, intervalMs: number): number {
  const [atMs, setAtMs] = useState(player.nowMs())
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      clearTimeout(timer)
      timer = undefined
      setAtMs(player.nowMs())
    }
    show()
    const stop = player.subscribe('positions', (jumped) => {
      if (jumped) show()
      else timer ??= setTimeout(show, intervalMs)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [player, intervalMs])
  return atMs
}

/** Turns the player's clock for as long as it plays, no more often than the eye needs and the machine can. */
export function usePlayback(player: ReplayPlayer, map: FleetMap | null): void {
  const { playing } = usePlayerView(player)
  const calm = useReducedMotion(false, { getInitialValueInEffect: false })
  useEffect(() => {
    if (!playing) return undefined
    const pace = new GlidePace()
    let frame = 0
    let beforeMs = performance.now()
    const step = (nowMs: number) => {
      frame = requestAnimationFrame(step)
      const zoom = map?.map.getZoom() ?? usualZoom
      const due = calm ? nowMs - beforeMs >= calmStepMs : pace.isDue(nowMs, zoom, player.view.speed)
      if (!due) return
      player.advance(Math.max(0, nowMs - beforeMs))
      beforeMs = nowMs
      pace.drawn(nowMs)
    }
    frame = requestAnimationFrame(step)
    return () => cancelAnimationFrame(frame)
  }, [player, playing, map, calm])
}
