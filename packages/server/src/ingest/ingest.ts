import { AppError, type LatestFix } from '@fleet/domain'
import type { ChangeSeq, Store } from '@fleet/store'
import type { Registry } from 'prom-client'
import { createChangeTail } from '../live/change-tail.ts'
import type { Log } from '../log.ts'
import { within } from '../within.ts'
import type { TrackerReport } from '../trackers/index.ts'
import { CommitQueue } from './commit-queue.ts'
import { DeviceDirectory } from './device-directory.ts'
import { DeviceSecrets } from './device-secrets.ts'
import type { MovedMarkers } from './fix-chain.ts'
import { createIngestMetrics } from './ingest-metrics.ts'
import { createMarkerPoll } from './marker-poll.ts'
import { MarkerTable } from './marker-table.ts'
import { defaultBounds, type QueueBounds, QueueRoom } from './queue-room.ts'
import { createRefusalLog, type RefusalLog } from './refusal-log.ts'
import { createDrain } from './spool/drain.ts'
import type { Spool } from './spool/spool.ts'
import { createSpoolMetrics } from './spool/spool-metrics.ts'
import { Spooler } from './spool/spooler.ts'
import { outcomeCode, type Protocol, Submission, type SubmissionEnd } from './submission.ts'

/** How long a request waits to learn whether an unknown tracker was registered a moment ago. */
const identityMs = 3_000

export interface IngestOptions {
  readonly store: Store
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly registry: Registry
  readonly log: Log
  /**
   * Markers that moved, by fixes of this process or of another, newest of each bike, each once. Called after they are
   * in the database.
   */
  readonly onMarkers: (markers: readonly LatestFix[]) => void
  /** Markers that moved by fixes which this machine keeps until the database is back. They come again then. */
  readonly onSpooledMarkers?: (markers: readonly LatestFix[]) => void
  /** Where fixes are kept while the database is away; ingest closes it. Null: they stay with their senders. */
  readonly spool?: Spool | null
  readonly bounds?: Partial<QueueBounds>
}

/** What became of a request: `codes` holds an outcome code for each report, in order. */
export interface IngestResult {
  readonly end: SubmissionEnd
  readonly codes: Uint8Array
}

/** Takes positions of trackers: resolves whom they count for, stores them durably, each once, and moves the markers. */
export interface Ingest {
  readonly now: () => number
  readonly refusals: RefusalLog
  readonly secrets: DeviceSecrets
  /** True when the next request would be turned away: for refusing a body before it is read. */
  readonly isFull: boolean
  /**
   * Loads devices and markers and begins to follow the change log. Until then every request ends `unavailable`.
   *
   * @throws what the store throws when it cannot be read; may be called again
   */
  start(): Promise<void>
  /**
   * The first of these names that a registered tracker has; reads the change log once before it says null.
   *
   * @throws what the store throws when it cannot be read
   */
  firstKnown(trackerIds: readonly string[]): Promise<string | null>
  /**
   * Resolves when all fixes are durable, or when it is clear that they will not be. A null is a report that was
   * refused already; its outcome is `rejected`.
   *
   * @param bytes what the request weighs, for the bound of the queue
   */
  submit(protocol: Protocol, reports: readonly (TrackerReport | null)[], bytes: number): Promise<IngestResult>
  /** Waits for what was taken, then stops following. */
  close(): Promise<void>
}

export function createIngest(options: IngestOptions): Ingest {
  const { store, now, registry, log, onMarkers, spool = null } = options
  const directory = new DeviceDirectory()
  const markers = new MarkerTable()
  const bounds = { ...defaultBounds, ...options.bounds }
  const room = new QueueRoom(bounds)
  const metrics = createIngestMetrics(registry, () => room.fixes)
  let isStarted = false

  const poll = createMarkerPoll({
    store,
    now,
    log,
    onRead: learnMarkers,
  })
  const onMoved = ({ moved, behind }: MovedMarkers) => {
    if (moved.length > 0) onMarkers(moved)
    if (behind) poll.soon()
  }
  const spooler = spool === null ? null : createSpooler(spool)
  const queue = new CommitQueue({
    store,
    now,
    log,
    markers,
    metrics,
    room,
    batchFixes: bounds.batchFixes,
    overflow: spooler,
    onMoved,
  })
  const secrets = new DeviceSecrets(store, now)
  const tail = createChangeTail({
    store,
    log,
    onChanges(changes) {
      for (const bikeNo of directory.apply(changes)) markers.forget(bikeNo)
      if (changes.some(({ kind }) => kind === 'device')) secrets.forget()
    },
    onRewind: load,
  })

  /** @param read markers as the database has them */
  function learnMarkers(read: readonly LatestFix[]): void {
    const moved = markers.learn(read)
    if (moved.length > 0) onMarkers(moved)
  }

  function createSpooler(spool: Spool): Spooler {
    const spoolMetrics = createSpoolMetrics(registry, spool, now)
    const findDevice = (trackerId: string) => directory.find(trackerId)?.deviceNo ?? null
    return new Spooler({
      spool,
      drain: createDrain({
        spool,
        store,
        log,
        markers,
        metrics: spoolMetrics,
        findDevice,
        onMoved,
        readMarkers: async () => learnMarkers(await store.latestFixes(0)),
      }),
      now,
      log,
      room,
      markers,
      metrics,
      spoolMetrics,
      onShown: options.onSpooledMarkers ?? (() => undefined),
      onCaughtUp: (submissions) => queue.resume(submissions),
    })
  }

  async function load(): Promise<ChangeSeq> {
    const snapshot = await store.snapshot()
    directory.load(snapshot)
    secrets.forget()
    markers.clear()
    markers.learn(snapshot.latest)
    return snapshot.seq
  }

  /** A phone must not wait for as long as the store tries to reach a database that is away. */
  async function catchUpInTime(): Promise<void> {
    const isLate = await within(
      tail.catchUp().then(() => false),
      identityMs,
      true,
    )
    if (isLate) throw new AppError('database_unavailable', 'The change log could not be read in time.')
  }

  /** Adds what can be added and returns the places of the reports whose tracker nobody knows. */
  function resolve(
    submission: Submission,
    reports: readonly (TrackerReport | null)[],
    places: Iterable<number>,
  ): number[] {
    const unknown: number[] = []
    for (const i of places) {
      const report = reports[i]
      if (!report) {
        submission.codes[i] = outcomeCode.rejected
        continue
      }
      const owner = directory.find(report.trackerId)
      if (owner === undefined) unknown.push(i)
      else if (report.fix !== null) submission.addFix(withDriver(report), owner, i)
      else {
        submission.codes[i] = outcomeCode.heartbeat
        const { batteryPct, charging } = report.heartbeat
        // Our clock: that of a tracker without a fix is often not set, and this says when we last heard of it.
        submission.heartbeats.push({ deviceNo: owner.deviceNo, atMs: now(), batteryPct, charging })
      }
    }
    return unknown
  }

  async function submit(
    protocol: Protocol,
    reports: readonly (TrackerReport | null)[],
    bytes: number,
  ): Promise<IngestResult> {
    const submission = new Submission(protocol, reports.length, bytes)
    const { codes } = submission
    const turnAway = (end: 'busy' | 'unavailable'): IngestResult => {
      metrics.turnedAway(protocol, end)
      return { end, codes }
    }
    if (!isStarted) return turnAway('unavailable')
    let unknown = resolve(submission, reports, reports.keys())
    if (unknown.length > 0) {
      // Registered a moment ago, perhaps by another process: what was committed by now must count.
      try {
        await catchUpInTime()
      } catch {
        // Nobody can say that the tracker is unknown while the database is away; the tail has logged why.
        return turnAway('unavailable')
      }
      unknown = resolve(submission, reports, unknown)
    }
    const counts = metrics.countsOf(protocol)
    for (const i of unknown) {
      codes[i] = outcomeCode.unknown_tracker
      refusals.unknownTracker(protocol, reports[i]!.trackerId)
    }
    if (submission.fixes.length + submission.heartbeats.length > 0) {
      if (spooler?.isActive) spooler.add(submission)
      else queue.add(submission)
      const end = await submission.ended
      if (end !== 'done') return turnAway(end)
    }
    counts[outcomeCode.unknown_tracker]! += unknown.length
    counts[outcomeCode.heartbeat]! += submission.heartbeats.length
    counts[outcomeCode.rejected]! +=
      reports.length - unknown.length - submission.heartbeats.length - submission.fixes.length
    return { end: 'done', codes }
  }

  const refusals = createRefusalLog(log, now)
  return {
    now,
    refusals,
    secrets,
    get isFull() {
      return !isStarted || room.isFull
    },
    async start() {
      tail.start(await load())
      poll.start()
      spooler?.start()
      isStarted = true
    },
    async firstKnown(trackerIds) {
      const isKnown = (trackerId: string) => directory.find(trackerId) !== undefined
      const known = trackerIds.find(isKnown)
      if (known !== undefined) return known
      await catchUpInTime()
      return trackerIds.find(isKnown) ?? null
    },
    submit,
    async close() {
      isStarted = false
      await queue.drained()
      await spooler?.close()
      await spool?.close()
      tail.close()
      poll.close()
    },
  }
}

/** Who rides has no column: the bike's courier is the one who took it in the app. What the tracker says is kept. */
function withDriver(report: TrackerReport & { readonly fix: object }) {
  const { fix, driverId } = report
  if (driverId === null) return fix
  return { ...fix, attributes: { ...fix.attributes, driverUniqueId: driverId } }
}
