import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { makeFix, quietLog } from '../fleet-fixture.ts'
import { Spool, type SpoolBatch, type SpoolOptions } from './spool.ts'
import type { SpoolRecord } from './spool-record.ts'
import { toSpooled } from './spooled-fixes.ts'

/* For the tests of the spool: a folder that is gone when the test ends, and records in it. */

export function makeSpoolFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-spool-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const openSpool = (folder: string, more: Partial<SpoolOptions> = {}): Promise<Spool> =>
  Spool.open({ folder, maxBytes: 100_000_000, minFreeBytes: 0, log: quietLog, ...more })

/** `fixes` fixes of one tracker, a second apart. */
export function makeRecord(receivedAtMs: number, fixes = 1, device = 'tracker-1'): SpoolRecord {
  const owner = { trackerId: device, deviceNo: 1, bikeNo: 1, courierNo: null }
  return {
    receivedAtMs,
    fixes: Array.from({ length: fixes }, (_, i) => toSpooled(makeFix(receivedAtMs + i * 1_000, i), owner)),
    heartbeats: [],
  }
}

/** Takes everything out, in the batches in which it comes. */
export async function takeAll(spool: Spool, maxFixes = 1_000, spanMs = 1_000): Promise<SpoolBatch[]> {
  const batches: SpoolBatch[] = []
  for (;;) {
    const batch = await spool.next(maxFixes, spanMs)
    if (batch === null) return batches
    batches.push(batch)
    await spool.remove(batch)
  }
}

export const recordsIn = (batches: readonly SpoolBatch[]): SpoolRecord[] =>
  batches.flatMap(({ records }) => records)
