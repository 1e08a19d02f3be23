import { randomUUID } from 'node:crypto'
import { readAllKind } from '../../checkers/written-once.ts'
import type { Ending } from '../../checkers/looks-back.ts'
import type { TimelineStep } from '../../checkers/transitions.ts'
import type { Json } from '../../history/json-lines.ts'
import type { Operation } from '../../history/operation.ts'
import { startClients } from '../clients.ts'
import type { Workload, WorkloadContext } from '../workload.ts'
import type { App } from './app.ts'
import { addCourier, ask } from './fleet-set-up.ts'
import { sendUntilSettled } from './persistent-request.ts'

export const commandKind = 'command'
const workload = 'dispatchers'
const dispatchers = 3
const pauseMs = 60
/** Deliveries that are read at one time in the end. */
const readers = 8

/** What a delivery goes through; two dispatchers press the contended one at the same time. */
const steps = [
  { event: 'assign', path: 'assign', contended: false },
  { event: 'pick_up', path: 'pick-up', contended: true },
  { event: 'deliver', path: 'deliver', contended: false },
] as const

const rowOf = (id: string) => `delivery ${id}`

/** Commands by which deliveries came to their end, or may have. */
export function endingsOf(operations: readonly Operation[]): readonly Ending[] {
  const suffix = ` ${steps.at(-1)!.event}`
  return operations
    .filter(({ kind, key, outcome }) => kind === commandKind && outcome !== 'fail' && key.endsWith(suffix))
    .map((command) => ({ id: command.key.slice(0, -suffix.length), command }))
}

/** Rows of deliveries that may have come to their end, with when that was asked for first. */
export function endedFromMs(operations: readonly Operation[]): ReadonlyMap<string, number> {
  const ended = new Map<string, number>()
  for (const { id, command } of endingsOf(operations))
    ended.set(rowOf(id), Math.min(command.startMs, ended.get(rowOf(id)) ?? Infinity))
  return ended
}

/**
 * Dispatchers who create deliveries and take them from state to state, each step under a key of its own until it is
 * settled. Picking up is pressed by two of them at once: one of the two must be refused.
 */
export const dispatchersAtWork: Workload = {
  summary: `${dispatchers} dispatchers create deliveries and move them through their states, by the app`,
  async start(context) {
    const { clock, recorder, runId } = context
    const app = context.app()
    const courierId = await addCourier(app, clock, `Drill ${runId}`)
    const deliveries: string[] = []
    const clients = startClients(clock, pauseMs, ({ stopping, givingUp }) =>
      Array.from({ length: dispatchers }, (_, index) => async () => {
        const id = randomUUID()
        const send = (who: number, event: string, path: string, body: Json, contended = false) =>
          giveCommand(context, app, { who, id, event, path, body, contended }, givingUp)
        deliveries.push(id)
        if (!(await send(index, 'create', '/api/deliveries', { id, ...deliveryBody(context) }))) return
        for (const { event, path, contended } of steps) {
          await clock.sleep(pauseMs, stopping).catch(() => {})
          if (stopping.aborted) return
          const body = event === 'assign' ? { courierId } : event === 'deliver' ? {} : null
          const url = `/api/deliveries/${id}/${path}`
          const others = contended ? [send((index + 1) % dispatchers, event, url, body, true)] : []
          await Promise.all([send(index, event, url, body, contended), ...others])
        }
      }),
    )
    return {
      stop: (settleTimeoutMs) => clients.stop(settleTimeoutMs),
      async readEnd() {
        const found: string[] = []
        const reading = recorder.begin({
          workload,
          process: 'auditor',
          kind: readAllKind,
          key: 'deliveries',
          value: null,
        })
        const left = [...deliveries]
        const readOnes = async () => {
          for (let id = left.pop(); id !== undefined; id = left.pop()) {
            const timeline = await readTimeline(context, app, id)
            found.push(...timeline.map(({ event }) => `${id} ${event}`))
          }
        }
        try {
          await Promise.all(Array.from({ length: readers }, readOnes))
          reading.ok(found)
        } catch (error) {
          reading.fail(String(error))
        }
      },
    }
  },
}

interface Command {
  readonly who: number
  readonly id: string
  readonly event: string
  readonly path: string
  readonly body: Json
  readonly contended: boolean
}

/** @returns whether it was done */
async function giveCommand(
  { recorder, clock }: WorkloadContext,
  app: App,
  { who, id, event, path, body, contended }: Command,
  givingUp: AbortSignal,
): Promise<boolean> {
  const idempotencyKey = randomUUID()
  const operation = recorder.begin({
    workload,
    process: `dispatcher-${who + 1}`,
    kind: commandKind,
    key: `${id} ${event}`,
    value: { contended, idempotencyKey },
  })
  const settled = await sendUntilSettled(
    {
      method: 'POST',
      url: `${app.url}${path}`,
      cookie: app.cookie,
      idempotencyKey,
      ...(body === null ? {} : { body }),
    },
    clock,
    givingUp,
  )
  if (settled.end === 'open') operation.unknown(settled.why, { tries: settled.tries })
  else if (settled.end === 'refused') operation.fail(`${settled.code}: ${settled.detail}`)
  else {
    const { version, status } = settled.body as { readonly version: number; readonly status: string }
    operation.ok({ row: rowOf(id), version, status, tries: settled.tries })
  }
  return settled.end === 'done'
}

/** What became of a delivery; nothing when it was never created. */
async function readTimeline(
  { recorder, clock }: WorkloadContext,
  app: App,
  id: string,
): Promise<readonly TimelineStep[]> {
  const listed = (await ask(app, clock, {
    method: 'POST',
    url: `${app.url}/api/deliveries/known`,
    body: { ids: [id] },
  })) as { readonly there: readonly unknown[] }
  if (listed.there.length === 0) return []
  const operation = recorder.begin({ workload, process: 'auditor', kind: 'timeline', key: id, value: null })
  const { timeline } = (await ask(app, clock, {
    method: 'GET',
    url: `${app.url}/api/deliveries/${id}`,
  })) as unknown as { readonly timeline: readonly TimelineStep[] }
  const taken = timeline.map(({ event, status }) => ({ event, status }))
  operation.ok(taken)
  return taken
}

function deliveryBody({ nowMs }: WorkloadContext) {
  const fromMs = nowMs()
  const stop = (address: string, lat: number, lon: number) => ({
    address,
    point: { lat, lon },
    window: { fromMs, toMs: fromMs + 3_600_000 },
    contact: '',
    note: '',
  })
  return {
    pickup: stop('Damrak 1, Amsterdam', 52.3777, 4.8992),
    dropoff: stop('Plantage Middenlaan 2, Amsterdam', 52.3667, 4.9081),
  }
}
