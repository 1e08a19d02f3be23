import { WebSocket } from 'node:http'
import type { Json } from '../../history/json-lines.ts'
import type { HistoryRecorder } from '../../history/recorder.ts'
import { startClients } from '../clients.ts'
import type { Workload, WorkloadContext } from '../workload.ts'
import type { App } from './app.ts'
import { sendUntilSettled } from './persistent-request.ts'

/** Reads what came to its end lately: the app may ask a standby for it. */
export const lookBackKind = 'look-back'
const workload = 'screens'
export const screens = 2
/** Between two looks at a list. */
const pauseMs = 250
/** So far back whoever looks back looks; there are fewer deliveries in it than a list holds. */
const lookedBackMs = 10_000
const mostInAList = 500
/** As the page does: silence longer than this means that the connection is dead (`alive` comes every 5 s). */
const silenceMs = 12_000
const reconnectMs = 500
/** For the last changes to arrive after the last command. */
const drainMs = 3_000

/** Screens that follow the live channel, resuming where they were after every break, and read a list again and again. */
export const screensOpen: Workload = {
  summary: `${screens} screens follow the live channel and read lists, of the past too`,
  async start(context) {
    const { clock, nowMs } = context
    const app = context.app()
    const feeds = await Promise.all(
      Array.from({ length: screens }, (_, index) => openFeed(context, app, `screen-${index + 1}`)),
    )
    const clients = startClients(clock, pauseMs, ({ givingUp }) => [
      async () => {
        await readList(context, app, { kind: 'list', value: null, query: 'limit=20' }, givingUp)
      },
      async () => {
        const fromMs = nowMs() - lookedBackMs
        const query = `limit=${mostInAList}&endedFromMs=${fromMs}`
        await readList(context, app, { kind: lookBackKind, value: { fromMs }, query }, givingUp)
      },
    ])
    const closeFeeds = () => {
      for (const feed of feeds) feed.close()
    }
    return {
      async stop(settleTimeoutMs) {
        if (settleTimeoutMs === 0) closeFeeds()
        await clients.stop(settleTimeoutMs)
      },
      async readEnd() {
        await clock.sleep(drainMs, new AbortController().signal)
        closeFeeds()
      },
    }
  },
}

/** A list that a screen asks for: what there is, or from a time on. */
interface ListRequest {
  readonly kind: string
  readonly value: Json
  readonly query: string
}

async function readList(
  { recorder, clock }: WorkloadContext,
  app: App,
  { kind, value, query }: ListRequest,
  givingUp: AbortSignal,
): Promise<void> {
  const operation = recorder.begin({ workload, process: kind, kind, key: 'deliveries', value })
  const url = `${app.url}/api/deliveries?${query}`
  const settled = await sendUntilSettled({ method: 'GET', url, cookie: app.cookie }, clock, givingUp)
  if (settled.end === 'done') {
    const { items, nextCursor } = settled.body as unknown as DeliveryPage
    operation.ok({ tries: settled.tries, ids: items.map(({ id }) => id), isWhole: nextCursor === null })
  } else operation.fail(settled.end === 'refused' ? settled.code : settled.why)
}

interface DeliveryPage {
  readonly items: readonly { readonly id: string }[]
  readonly nextCursor: string | null
}

interface Feed {
  close(): void
}

interface Message {
  readonly type: string
  readonly seq: string
  readonly logId: string
  readonly deliveries: readonly { readonly id: string; readonly version: number }[]
  readonly changes: readonly {
    readonly seq: string
    readonly kind: string
    readonly id: string
    readonly version: number
  }[]
}

/** Opens the live channel, and again after every break, from the last change that came. Resolves when it follows. */
function openFeed({ recorder, clock }: WorkloadContext, app: App, process: string): Promise<Feed> {
  const closing = new AbortController()
  let place: { readonly logId: string; readonly seq: string } | null = null
  return new Promise((resolve) => {
    const connect = async () => {
      while (!closing.signal.aborted) {
        await followOnce(app, closing.signal, place, (message) => {
          place = takeMessage(recorder, process, message, place)
          resolve({ close: () => closing.abort() })
        })
        await clock.sleep(reconnectMs, closing.signal).catch(() => {})
      }
    }
    void connect()
  })
}

/** Resolves when the connection ended, for whatever reason. */
function followOnce(
  app: App,
  closing: AbortSignal,
  place: { readonly logId: string; readonly seq: string } | null,
  onMessage: (message: Message) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/api/live`, {
      headers: { cookie: app.cookie },
    })
    let timer: NodeJS.Timeout | undefined
    let isOver = false
    const end = () => {
      isOver = true
      clearTimeout(timer)
      closing.removeEventListener('abort', end)
      socket.close()
      resolve()
    }
    const heard = () => {
      clearTimeout(timer)
      timer = setTimeout(end, silenceMs)
    }
    heard()
    closing.addEventListener('abort', end, { once: true })
    socket.addEventListener('open', () =>
      socket.send(JSON.stringify({ type: 'start', ...(place ? { resume: place } : {}) })),
    )
    socket.addEventListener('message', ({ data }) => {
      // What still comes of a connection that was given up may come again by the next one.
      if (isOver) return
      heard()
      if (typeof data === 'string') onMessage(JSON.parse(data) as Message)
    })
    socket.addEventListener('error', end)
    socket.addEventListener('close', end)
  })
}

/** Records what came. @returns where the reader is now */
function takeMessage(
  recorder: HistoryRecorder,
  process: string,
  message: Message,
  place: { readonly logId: string; readonly seq: string } | null,
) {
  const record = (
    kind: string,
    key: string,
    answer: Parameters<ReturnType<HistoryRecorder['begin']>['ok']>[0],
  ) => recorder.begin({ workload, process, kind, key, value: null }).ok(answer)
  if (message.type === 'snapshot') {
    const versions = Object.fromEntries(
      message.deliveries.map(({ id, version }) => [`delivery ${id}`, version]),
    )
    record('snapshot', '', { seq: message.seq, versions })
    return { logId: message.logId, seq: message.seq }
  }
  if (message.type !== 'changes' || place === null) return place
  for (const { seq, kind, id, version } of message.changes)
    record('change', `${kind} ${id}`, { seq, version })
  return { ...place, seq: message.seq }
}
