import type { CDPSession, Page } from '@playwright/test'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds. */
  readonly ts: number
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** What the main thread did from the start of one frame to the start of the next, ms each. */
export interface FrameWork {
  /** Time on the processor: what the page costs, however busy the machine is with other things. */
  readonly cpuMs: readonly number[]
  readonly wallMs: readonly number[]
  readonly frames: number
}

/** Traces the page's main thread and sums its tasks frame by frame. */
export async function measureFrames(page: Page, forMs: number): Promise<FrameWork> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      recordMode: 'recordAsMuchAsPossible',
      includedCategories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'],
      excludedCategories: ['*'],
    },
  })
  await page.waitForTimeout(forMs)
  await endTracing(session)
  await session.detach()
  return workPerFrame(events)
}

async function endTracing(session: CDPSession): Promise<void> {
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()))
  await session.send('Tracing.end')
  await complete
}

/** A frame is the task that runs the animation callbacks, with everything since the frame before it. */
export function workPerFrame(events: readonly TraceEvent[]): FrameWork {
  const fired = events.filter(({ name }) => name === 'FireAnimationFrame')
  // Of all renderers in the trace, ours is the one that draws.
  const threads = new Map<string, number>()
  for (const { pid, tid } of fired) threads.set(`${pid}/${tid}`, (threads.get(`${pid}/${tid}`) ?? 0) + 1)
  const main = [...threads].toSorted((a, b) => b[1] - a[1])[0]?.[0]
  if (main === undefined) throw new Error('The trace holds no frame: was the page visible?')
  const ours = ({ pid, tid }: TraceEvent) => `${pid}/${tid}` === main
  const firedAt = fired
    .filter(ours)
    .map(({ ts }) => ts)
    .toSorted((a, b) => a - b)
  const tasks = events
    .filter((event) => ours(event) && event.ph === 'X' && event.name.endsWith('RunTask'))
    .toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  const cpuMs: number[] = []
  const wallMs: number[] = []
  let cpuUs = 0
  let wallUs = 0
  let endUs = 0
  let next = 0
  for (const { ts, dur = 0, tdur = 0 } of tasks) {
    // A task inside a task is already counted.
    if (ts < endUs) continue
    endUs = ts + dur
    cpuUs += tdur
    wallUs += dur
    if (next >= firedAt.length || firedAt[next]! > endUs) continue
    while (next < firedAt.length && firedAt[next]! <= endUs) next++
    cpuMs.push(cpuUs / 1000)
    wallMs.push(wallUs / 1000)
    cpuUs = 0
    wallUs = 0
  }
  return { cpuMs, wallMs, frames: cpuMs.length }
}
