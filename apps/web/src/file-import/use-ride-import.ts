import { ApiError, type ApiClient, type RecordingOutcome } from '@fleet/api'
import type { BikeId } from '@fleet/domain'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useServices } from '../app/services.ts'
import { readRide } from './read-ride.ts'
import { bikeInName, mostRideBytes, mostRideFixes, partsOf, type RideInFile } from './ride-file.ts'

/** Why a file holds no ride for us. */
export type RideFault = 'tooLarge' | 'tooMany' | 'unreadable' | 'nothing'

export interface RideEntry {
  readonly id: string
  readonly name: string
  readonly state: 'reading' | 'read' | 'imported'
  readonly fault: RideFault | null
  readonly file: RideInFile | null
  readonly bikeId: BikeId | null
  /** What would become of it, and then what did; null while nobody knows. */
  readonly outcome: RecordingOutcome | null
  /** Why it could not be asked or done. */
  readonly refused: ApiError['problem'] | 'unreachable' | null
}

const storageKey = 'fleet-ride-bike'

/** The rides of some files, from reading them to their being in the history of bikes. */
export function useRideImport(first: readonly File[]) {
  const { api, live, queries } = useServices()
  const [rides, setRides] = useState<readonly RideEntry[]>([])
  /** Of all that is sent, from 0 to 1; null while nothing is. */
  const [done, setDone] = useState<number | null>(null)
  const life = useRef<AbortController>(null)

  const change = useCallback(
    (at: number, change: Partial<RideEntry>) =>
      setRides((before) => before.map((ride, i) => (i === at ? { ...ride, ...change } : ride))),
    [],
  )

  /** Asks the server what would become of a ride; nothing is stored. */
  const check = useCallback(
    async (at: number, file: RideInFile, bikeId: BikeId, signal: AbortSignal) => {
      change(at, { outcome: null, refused: null })
      try {
        const outcome = await send(api, file, { bikeId, check: true, signal })
        if (!signal.aborted) change(at, { outcome })
      } catch (error) {
        if (!signal.aborted) change(at, { refused: problemOf(error) })
      }
    },
    [api, change],
  )
  /** Of the bike that a ride is held against: the answer for another one is of no use. */
  const checks = useRef(new Map<number, AbortController>())
  const setBike = useCallback(
    (at: number, bikeId: BikeId | null, file: RideInFile | null) => {
      checks.current.get(at)?.abort()
      const controller = new AbortController()
      checks.current.set(at, controller)
      change(at, { bikeId, outcome: null, refused: null })
      if (bikeId !== null && file !== null) void check(at, file, bikeId, controller.signal)
    },
    [change, check],
  )

  const read = useCallback(
    async (files: readonly File[]) => {
      life.current?.abort()
      const { signal } = (life.current = new AbortController())
      const begun = {
        state: 'reading',
        fault: null,
        file: null,
        bikeId: null,
        outcome: null,
        refused: null,
      } as const
      setRides(files.map(({ name }, at) => ({ id: `${at} ${name}`, name, ...begun })))
      const usual = lastBike()
      for (const [at, source] of files.entries()) {
        const { fault, file } = await readEntry(source, signal)
        if (signal.aborted) return
        change(at, { state: 'read', fault, file })
        if (fault !== null) continue
        const bikes = live.registry.bikes
        const bike = bikeInName(source.name, bikes.values()) ?? (usual === null ? null : bikes.get(usual))
        setBike(at, bike?.id ?? null, file)
      }
    },
    [live, change, setBike],
  )

  useEffect(() => {
    if (first.length > 0) void read(first)
    const held = checks.current
    return () => {
      life.current?.abort()
      for (const controller of held.values()) controller.abort()
    }
    // oxlint-disable-next-line react/exhaustive-deps -- those that the dialog was opened with
  }, [])

  /** Sends every ride that has a bike and something new, one after the other. */
  const importAll = async () => {
    const { signal } = (life.current = new AbortController())
    const chosen = [...rides.entries()].filter(([, ride]) => isReady(ride))
    const total = chosen.reduce((sum, [, { file }]) => sum + (file?.ride?.recording.fixes.length ?? 0), 0)
    let before = 0
    setDone(0)
    for (const [at, { file, bikeId }] of chosen) {
      try {
        const outcome = await send(api, file!, {
          bikeId: bikeId!,
          check: false,
          signal,
          onSent: (sent) => setDone((before + sent) / total),
        })
        keepLastBike(bikeId!)
        change(at, { state: 'imported', outcome, refused: null })
      } catch (error) {
        change(at, { refused: signal.aborted ? null : problemOf(error) })
        if (signal.aborted) void check(at, file!, bikeId!, new AbortController().signal)
        break
      }
      before += file!.ride!.recording.fixes.length
    }
    setDone(null)
    // Where a bike was is read again wherever it is on screen.
    for (const key of ['bike-day', 'bike-positions', 'replay-activity'])
      void queries.invalidateQueries({ queryKey: [key] })
  }
  const stop = () => life.current?.abort()

  return { rides, done, read, setBike, importAll, stop }
}

/** Whether there is something to import of it. */
export const isReady = ({ state, fault, bikeId, outcome }: RideEntry): boolean =>
  state === 'read' && fault === null && bikeId !== null && outcome !== null && outcome.stored > 0

async function readEntry(
  source: File,
  signal: AbortSignal,
): Promise<{ fault: RideFault | null; file: RideInFile | null }> {
  if (source.size > mostRideBytes) return { fault: 'tooLarge', file: null }
  try {
    const file = await readRide(source, signal)
    if (file.ride === null) return { fault: 'nothing', file }
    return { fault: file.ride.recording.fixes.length > mostRideFixes ? 'tooMany' : null, file }
  } catch {
    return { fault: 'unreadable', file: null }
  }
}

interface Sending {
  readonly bikeId: BikeId
  readonly check: boolean
  readonly signal: AbortSignal
  readonly onSent?: (fixes: number) => void
}

/** Part after part; what of it has arrived stays, and is known when the ride is sent again. */
async function send(
  api: ApiClient,
  file: RideInFile,
  { bikeId, check, signal, onSent }: Sending,
): Promise<RecordingOutcome> {
  const sum = { stored: 0, known: 0, inaccurate: 0, jump: 0, future: 0, tooOld: 0 }
  let sent = 0
  for (const fixes of partsOf(file.ride!)) {
    const outcome = await api.call('importRecording', {
      params: { id: bikeId },
      body: { fixes, check },
      signal,
    })
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += outcome[name]
    onSent?.((sent += fixes.length))
  }
  return sum
}

const problemOf = (error: unknown) => (error instanceof ApiError ? error.problem : 'unreachable')

function lastBike(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}

function keepLastBike(id: BikeId): void {
  try {
    localStorage.setItem(storageKey, id)
  } catch {
    // Storage may be forbidden; then there is no suggestion the next time.
  }
}
