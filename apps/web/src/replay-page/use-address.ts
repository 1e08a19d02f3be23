import { useEffect, useRef } from 'react'
import type { ReplayPlayer } from './replay-player.ts'
import { firstSpeed, parseSpeed, type ReplaySearch } from './replay-search.ts'
import { usePlayerView } from './use-player.ts'

export type ReplayPatch = { readonly [K in keyof ReplaySearch]?: ReplaySearch[K] | undefined }

/** While it plays the address follows this slowly: whoever copies it is not a hair's breadth off. */
const followMs = 5_000
/** A hand that draws the play head along writes no address at every step. */
const settleMs = 300

/** Keeps moment and speed in the address, and goes where somebody changed the address to. */
export function useAddress(
  player: ReplayPlayer,
  search: ReplaySearch,
  patch: (change: ReplayPatch) => void,
): void {
  const { speed } = usePlayerView(player)
  const written = useRef(search.t)
  useEffect(() => {
    const write = () => {
      if (player.window.toMs === 0) return
      const seconds = Math.floor((player.nowMs() - player.window.fromMs) / 1000)
      written.current = seconds === 0 ? undefined : String(seconds)
      patch({ t: written.current })
    }
    let settled: ReturnType<typeof setTimeout> | undefined
    const stop = player.subscribe('positions', (jumped) => {
      if (!jumped) return
      clearTimeout(settled)
      settled = setTimeout(write, settleMs)
    })
    const following = setInterval(() => player.view.playing && write(), followMs)
    return () => {
      stop()
      clearTimeout(settled)
      clearInterval(following)
    }
  }, [player, patch])
  useEffect(() => {
    if (search.t === written.current || player.window.toMs === 0) return
    written.current = search.t
    player.seek(player.window.fromMs + Number(search.t ?? 0) * 1000)
  }, [player, search.t])

  useEffect(() => {
    patch({ speed: speed === firstSpeed ? undefined : String(speed) })
  }, [patch, speed])
  useEffect(() => {
    const wanted = parseSpeed(search.speed)
    if (wanted !== player.view.speed) player.setSpeed(wanted)
  }, [player, search.speed])
}
