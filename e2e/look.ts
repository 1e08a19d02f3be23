import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page, type TestInfo } from '@playwright/test'
import { decode, encode } from 'fast-png'
import { waitForFades } from './page-faults.ts'

/** Of so many by so many points one is made: how letters are smoothed is lost; what moves or changes colour is not. */
const block = 8
/** Of 255: what a channel may differ before its point counts as another. */
const tolerance = 40
/** The share of points that may differ: 20 of a window, some letters; a button is 50. */
const maxShare = 0.001
const patienceMs = 60_000
/** A picture that is to be accepted has stood still for so long. */
const stillMs = 3_000

const folder = join(import.meta.dirname, 'looks')

/**
 * Holds the page against the picture of it that a person has looked at and accepted (`e2e/looks/NAME.png`).
 * `--update-snapshots` writes it anew. The picture at full size is among the results of the run.
 */
export async function expectLook(page: Page, info: TestInfo, name: string): Promise<void> {
  const file = join(folder, `${name}.png`)
  const shown = info.outputPath(`${name}.png`)
  const isUpdating = ['all', 'changed'].includes(info.config.updateSnapshots)
  let wanted = isUpdating ? null : await readSmall(file)
  let share = 1
  let stillSinceMs = Date.now()
  await waitForFades(page)
  for (const endMs = Date.now() + patienceMs; Date.now() < endMs; await page.waitForTimeout(300)) {
    // How long ago the server spoke last is no look; nor is how long ago anything was, which two clocks say.
    // In a table the whole cell: its text is as wide as the age.
    const age = / (ago|geleden)$/
    const cells = page.getByRole('gridcell').filter({ hasText: age })
    const mask = [page.getByTestId('connection'), page.getByText(age), cells]
    const now = shrink(
      await page.screenshot({ path: shown, animations: 'disabled', mask, maskColor: '#888' }),
    )
    share = wanted === null ? 1 : shareOfOther(now, wanted)
    if (!isUpdating && share <= maxShare) return
    if (!isUpdating) continue
    if (share > 0) stillSinceMs = Date.now()
    wanted = now
    if (Date.now() - stillSinceMs < stillMs) continue
    await mkdir(folder, { recursive: true })
    return writeFile(file, encode(now))
  }
  const problem = isUpdating ? 'does not stand still' : `does not look as accepted in ${file}`
  expect.soft(share, `${name} ${problem}; it is ${shown}`).toBeLessThanOrEqual(maxShare)
}

/** Three channels of 8 bits. */
interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 3
  readonly data: Uint8Array
}

const readSmall = async (file: string): Promise<Picture | null> => {
  const png = await readFile(file).catch(() => null)
  if (png === null) return null
  const { width, height, data } = decode(png)
  return { width, height, channels: 3, data: Uint8Array.from(data) }
}

/** Each point is the mean of a block. */
function shrink(png: Buffer): Picture {
  const { data, channels, width: fullWidth, height: fullHeight } = decode(png)
  const width = Math.floor(fullWidth / block)
  const height = Math.floor(fullHeight / block)
  const small = new Uint8Array(width * height * 3)
  for (let at = 0; at < small.length; at++) {
    const channel = at % 3
    const x = (Math.floor(at / 3) % width) * block
    const y = Math.floor(at / 3 / width) * block
    let sum = 0
    for (let dy = 0; dy < block; dy++)
      for (let dx = 0; dx < block; dx++) sum += data[((y + dy) * fullWidth + x + dx) * channels + channel]!
    small[at] = Math.round(sum / block ** 2)
  }
  return { width, height, channels: 3, data: small }
}

function shareOfOther(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return 1
  const points = a.width * a.height
  let other = 0
  for (let at = 0; at < points * 3; at += 3)
    if ([0, 1, 2].some((c) => Math.abs(a.data[at + c]! - b.data[at + c]!) > tolerance)) other++
  return other / points
}
