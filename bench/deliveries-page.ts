import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, type CourierId, createId, type DeliveryId } from '@fleet/domain'
import { customerAddresses, restaurants } from '@fleet/domain/amsterdam'
import { openStore } from '@fleet/store'
import { chromium, type Page } from '@playwright/test'
import { signInByLink, startFleet } from '../apps/fleet/testing/fleet-process.ts'
import { measureFrames } from './map/frames.ts'
import { type BenchResult, percentile, printResults, readable } from './result.ts'

const rows = 100_000
const aTransaction = 1_000
const scrollMs = 6_000
/** Of the deliveries' windows: some 4,000 a day. */
const apartMs = 20_000
const busyDay = '2026-01-06'
const chromiumArgs = [
  '--no-sandbox',
  // There is no graphics card here, and no map on this page: drawn in software, not by an emulated card.
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

interface Options {
  readonly deliveries?: number
}

/** The built app in a real browser: scrolling and filtering 100,000 deliveries that all have been read, then a busy day. */
export async function run({ deliveries = rows }: Options = {}): Promise<BenchResult[]> {
  if (!existsSync(join(import.meta.dirname, '../apps/web/dist/index.html')))
    throw new Error('The web app is not built. Run: npm run build -w apps/web')
  const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'))
  const file = join(folder, 'fleet.db')
  await fillDeliveries(file, deliveries)
  const fleet = await startFleet({ FLEET_DB: file, FLEET_SEED: 'none', FLEET_DEMO_RIDERS: '0' })
  const browser = await chromium.launch({
    executablePath: process.env['FLEET_CHROMIUM'] ?? '/usr/bin/chromium',
    args: chromiumArgs,
  })
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
    const [name, value] = (await signInByLink(fleet)).split('=')
    await context.addCookies([{ name: name!, value: value!, url: fleet.url }])
    const page = await context.newPage()
    // Any order but the server's own reads every page.
    await page.goto(`${fleet.url}/#/deliveries?day=all&sort=dropoff`)
    await page.getByText(`${deliveries.toLocaleString('en-GB')} deliveries`).waitFor({ timeout: 300_000 })
    const scroll = await measureScroll(page, deliveries)
    const wide = await measureFilter(page, `a filter on ${readable(deliveries)} rows`)
    // A busy day: what a dispatcher has before them.
    await page.goto(`${fleet.url}/#/deliveries?day=${busyDay}&sort=dropoff`)
    await page.getByText(/^4,\d{3} deliveries$/).waitFor()
    return [scroll, ...wide, ...(await measureBusyDay(page, fleet.url))]
  } finally {
    await browser.close()
    await fleet.end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureScroll(page: Page, deliveries: number): Promise<BenchResult> {
  const box = (await page.getByRole('grid', { name: 'Deliveries' }).boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  // A frame is told apart by its animation callback, and this page asks for none.
  await page.evaluate(() => {
    const tick = () => void requestAnimationFrame(tick)
    tick()
  })
  const end = performance.now() + scrollMs
  const wheel = async () => {
    for (let i = 0; performance.now() < end; i++) {
      // Slow, fast and far: a wheel, a flick, and whoever drags the bar.
      await page.mouse.wheel(0, [120, 700, 4_000][i % 3]!)
      await page.waitForTimeout(30)
    }
  }
  const [{ cpuMs, wallMs, frames }] = await Promise.all([measureFrames(page, scrollMs), wheel()])
  return {
    claim: `Deliveries: longest frame while scrolling ${readable(deliveries)} rows, CPU time of the main thread`,
    measured: Math.max(...cpuMs),
    unit: 'ms',
    target: 50,
    better: 'lower',
    detail:
      `${frames} frames in ${scrollMs / 1000} s; CPU p50 ${readable(percentile(cpuMs, 50))}, p95 ${readable(percentile(cpuMs, 95))} ms; ` +
      `wall clock p95 ${readable(percentile(wallMs, 95))}, max ${readable(Math.max(...wallMs))} ms`,
  }
}

async function measureFilter(page: Page, claim: string): Promise<BenchResult[]> {
  const chip = page
    .getByRole('group', { name: 'Filter by status' })
    .getByRole('button', { name: 'Cancelled' })
  const presses = await openPresses(page)
  const { next, shown } = await presses.of(() => chip.click(), 20)
  return [result(claim, next, `; its rows are drawn within ${readable(percentile(shown, 95))} ms, p95`)]
}

/** What dispatchers do all day, each from the press (or the drop) to the next frame. */
async function measureBusyDay(page: Page, url: string): Promise<BenchResult[]> {
  const filter = await measureFilter(page, 'a filter')
  const presses = await openPresses(page)
  const grid = page.getByRole('grid', { name: 'Deliveries' })
  // Until nothing is read any more, or the keys would be measured with it.
  await page.waitForTimeout(2_000)
  await grid.focus()
  const move = await presses.of(() => page.keyboard.press('ArrowDown'), 20)
  const open = await presses.of(async () => {
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
  }, 8)
  await page.keyboard.press('Escape')

  await page.goto(`${url}/#/deliveries?day=${busyDay}&status=unassigned&sort=window`)
  await page.getByText(/^\d+ deliveries$/).waitFor()
  const couriers = page.getByRole('combobox', { name: 'Search couriers' })
  const assign = await presses.of(async () => {
    await grid.press('Home')
    await page.keyboard.press('Space')
    await page.getByRole('region', { name: 'Selected deliveries' }).waitFor()
    await page.keyboard.press('a')
    await couriers.press('Enter')
    await couriers.waitFor({ state: 'detached' })
  }, 8)

  await page.goto(`${url}/#/deliveries?day=${busyDay}&view=lanes&map=0`)
  const blocks = page.getByRole('group', { name: 'Nobody' }).getByRole('button', { name: /^D-/ })
  await blocks.first().waitFor()
  const lanes = page.getByRole('group', { name: /^Courier \d+$/ })
  let lane = 0
  const drag = await presses.of(() => blocks.first().dragTo(lanes.nth(lane++ % 4)), 8)
  return [
    ...filter,
    result('an arrow key', move.next),
    result('opening one', open.next),
    result('selecting one and assigning it', assign.next),
    result('a drag to another lane', drag.next),
  ]
}

function result(claim: string, durations: readonly number[], more = ''): BenchResult {
  return {
    claim: `Deliveries: ${claim}, p95, from press to frame`,
    measured: percentile(durations, 95),
    unit: 'ms',
    target: 100,
    better: 'lower',
    detail: `${durations.length} presses; p50 ${readable(percentile(durations, 50))}, max ${readable(Math.max(...durations))} ms${more}`,
  }
}

interface PressTimes {
  /** To the next frame, as the browser itself measures it (Event Timing). */
  readonly next: readonly number[]
  /** To the first frame after which the page changed no more for a tenth of a second. */
  readonly shown: readonly number[]
}

async function openPresses(page: Page) {
  await page.evaluate(() => {
    const global = globalThis as unknown as PressGlobals
    if (global.presses !== undefined) return
    const presses = (global.presses = { next: [] as number[], shown: [] as number[] })
    const pressed = ['click', 'keydown', 'drop']
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (pressed.includes(entry.name)) presses.next.push(entry.duration)
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
    let pressedAt = 0
    let changedAt = 0
    let quiet: ReturnType<typeof setTimeout> | undefined
    for (const name of pressed)
      addEventListener(
        name,
        (event) => {
          pressedAt = event.timeStamp
          changedAt = 0
        },
        true,
      )
    new MutationObserver(() => {
      if (pressedAt === 0) return
      requestAnimationFrame(() => setTimeout(() => (changedAt = performance.now())))
      clearTimeout(quiet)
      quiet = setTimeout(() => {
        if (pressedAt !== 0) presses.shown.push(changedAt - pressedAt)
        pressedAt = 0
      }, 100)
    }).observe(document.querySelector('main')!, { subtree: true, childList: true, characterData: true })
  })
  return {
    async of(act: () => Promise<void>, times: number): Promise<PressTimes> {
      await page.evaluate(() => {
        const { presses } = globalThis as unknown as PressGlobals
        presses!.next.length = presses!.shown.length = 0
      })
      for (let i = 0; i < times; i++) {
        await act()
        await page.waitForTimeout(300)
      }
      const { next, shown } = (await page.evaluate(() => (globalThis as unknown as PressGlobals).presses))!
      // Shorter ones are not reported.
      return { next: [...next, ...Array.from({ length: Math.max(0, times - next.length) }, () => 16)], shown }
    },
  }
}

interface PressGlobals {
  presses?: { next: number[]; shown: number[] }
}

/**
 * A day's two thousand are under way, some with nobody; all others are cancelled, so that the live picture stays as small as
 * in real life.
 */
async function fillDeliveries(file: string, deliveries: number): Promise<void> {
  const store = await openStore({ backend: 'sqlite', file })
  const senders = restaurants()
  const customers = customerAddresses()
  const startMs = Date.UTC(2026, 0, 5, 9)
  const context = (key: string, nowMs: number) => ({ key, actor: { id: null, name: 'bench' }, nowMs })
  const couriers = Array.from({ length: 40 }, (_, n) => idAt<CourierId>(startMs, n))
  const hired = await store.executeAll(
    couriers.flatMap((id, n): Command[] => [
      { type: 'courier.create', id, name: `Courier ${n + 1}`, phone: '' },
      { type: 'courier.shift', id, expectedVersion: null, event: 'start' },
    ]),
    context('hire', startMs),
  )
  if (!hired.ok) throw new Error(hired.refusal.message)
  for (let from = 0; from < deliveries; from += aTransaction) {
    const commands: Command[] = []
    for (let n = from; n < Math.min(deliveries, from + aTransaction); n++) {
      const fromMs = startMs + n * apartMs
      const id = idAt<DeliveryId>(fromMs, n)
      const stop = (address: string, point: { lat: number; lon: number }) => ({
        address,
        point,
        window: { fromMs, toMs: fromMs + 3_600_000 },
        contact: '',
        note: '',
      })
      const sender = senders[n % senders.length]!
      const customer = customers[(n * 31) % customers.length]!
      commands.push({
        type: 'delivery.create',
        id,
        pickup: stop(sender.address.label, sender.address.at),
        dropoff: stop(customer.label, customer.at),
        size: 'small',
        priority: 'normal',
      })
      const underWay = new Date(fromMs).toISOString().startsWith(busyDay) && n % 2 === 0
      if (!underWay) commands.push({ type: 'delivery.cancel', id, expectedVersion: null, reason: '' })
      else if (n % 20 !== 0)
        commands.push({
          type: 'delivery.assign',
          id,
          expectedVersion: null,
          courierId: couriers[n % couriers.length]!,
        })
    }
    const outcome = await store.executeAll(commands, context(`fill-${from}`, startMs + from * apartMs))
    if (!outcome.ok) throw new Error(outcome.refusal.message)
  }
  await store.close()
}

function idAt<T extends CourierId | DeliveryId>(atMs: number, n: number): T {
  const bytes = new Uint8Array(10)
  new DataView(bytes.buffer).setUint32(6, n)
  return createId<T>(atMs, bytes)
}

if (import.meta.main) printResults(await run({ deliveries: Number(process.argv[2] ?? rows) }))
