import { decodePositionFrame } from '@fleet/api'
import { WebSocket } from 'ws'

/*
 * The screens of bench/live.ts, a process of its own: opens the live channel several times and measures how old each
 * marker is when its frame arrives. `node live-watchers.ts JSON`; says `ready`, and the ages when told to stop.
 */

export interface LiveWatchersOptions {
  readonly url: string
  readonly cookie: string
  readonly clients: number
  /** Frames of this long after the start are not counted. */
  readonly warmUpMs: number
}

export interface LiveWatchersResult {
  /** How many markers arrived at an age of so many ms; the last counts all that are older. */
  readonly agesMs: readonly number[]
  readonly frames: number
  readonly bytes: number
}

const options = JSON.parse(process.argv[2]!) as LiveWatchersOptions
const agesMs: number[] = Array(5_001).fill(0)
let frames = 0
let bytes = 0
let countFromMs = Infinity

await Promise.all(
  Array.from(
    { length: options.clients },
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = new WebSocket(`${options.url.replace('http', 'ws')}/api/live`, {
          headers: { cookie: options.cookie },
          perMessageDeflate: false,
        })
        socket.on('open', () => socket.send('{"type":"start"}'))
        socket.on('error', reject)
        socket.on('message', (data: Buffer, isBinary) => {
          if (!isBinary) resolve()
          else countFrame(data)
        })
      }),
  ),
)
countFromMs = Date.now() + options.warmUpMs
process.once('message', () => {
  process.send!({ agesMs, frames, bytes } satisfies LiveWatchersResult)
})
process.once('disconnect', () => process.exit(0))
process.send!('ready')

function countFrame(data: Buffer): void {
  const nowMs = Date.now()
  if (nowMs < countFromMs) return
  frames += 1
  bytes += data.length
  for (const { timeMs } of decodePositionFrame(data)!.markers)
    agesMs[Math.max(0, Math.min(agesMs.length - 1, nowMs - timeMs))]! += 1
}
