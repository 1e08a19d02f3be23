import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { createFeed } from './map/feed.ts'
import { measureFrames } from './map/frames.ts'
import { openMapServer } from './map/server.ts'
import { type BenchResult, percentile, printResults, readable } from './result.ts'

const bikes = 10_000
const targetMs = 8
const settleMs = 6_000
const measureMs = 12_000

/** Software rendering: the card's work then runs in another process, and the main thread's is what we count. */
const chromiumArgs = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

const scenes = [
  { name: 'whole city, clusters', map: '12/52.3702/4.8952' },
  { name: 'centre, clusters and bikes', map: '14.2/52.3702/4.8952' },
  { name: 'streets, every bike with its code', map: '16/52.3702/4.8952' },
]

/**
 * The built app in a real browser, fed over a real WebSocket: ten thousand riding bikes that all report each second.
 * Set FLEET_CHROMIUM where the browser is elsewhere; `interleaved` draws deck.gl into MapLibre's own canvas.
 */
export async function run({ interleaved = false } = {}): Promise<BenchResult[]> {
  if (!existsSync(join(import.meta.dirname, '../apps/web/dist/index.html')))
    throw new Error('The web app is not built. Run: npm run build -w apps/web')
  const server = await openMapServer(createFeed(bikes, Date.now(), 7, true))
  const browser = await chromium.launch({
    executablePath: process.env['FLEET_CHROMIUM'] ?? '/usr/bin/chromium',
    args: chromiumArgs,
  })
  const results: BenchResult[] = []
  try {
    for (const scene of scenes) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.goto(`${server.url}${interleaved ? '?interleaved' : ''}#/?map=${scene.map}`)
      await waitUntilDrawn(page)
      const { cpuMs, wallMs, frames } = await measureFrames(page, measureMs)
      results.push({
        claim: `map: main-thread work per frame, p95, ${readable(bikes)} bikes at 1 Hz, ${scene.name}`,
        measured: percentile(cpuMs, 95),
        unit: 'ms',
        target: targetMs,
        better: 'lower',
        detail:
          `${frames} frames in ${measureMs / 1000} s; CPU time p50 ${readable(percentile(cpuMs, 50))}, ` +
          `p99 ${readable(percentile(cpuMs, 99))}, max ${readable(Math.max(...cpuMs))} ms; ` +
          `wall clock p95 ${readable(percentile(wallMs, 95))} ms` +
          (interleaved ? '; interleaved' : ''),
      })
      await page.close()
    }
  } finally {
    await browser.close()
    await server.close()
  }
  return results
}

async function waitUntilDrawn(page: Page): Promise<void> {
  await page.getByRole('listbox').getByRole('option').first().waitFor({ timeout: 60_000 })
  await page.locator('.maplibregl-canvas').waitFor({ timeout: 60_000 })
  // The first labels, shaders and just-in-time compilation are start-up, which another bench measures.
  await page.waitForTimeout(settleMs)
}

if (import.meta.main) printResults(await run({ interleaved: process.argv.includes('--interleaved') }))
