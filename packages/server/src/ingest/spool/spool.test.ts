import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeRecord, makeSpoolFolder, openSpool, recordsIn, takeAll } from './spool-fixture.ts'
import { encodeFrame } from './spool-record.ts'

const startMs = Date.UTC(2026, 5, 15, 12)
const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.spool'))
const pathOf = (folder: string, index = 0) => join(folder, segmentsIn(folder)[index]!)

test('gives records back in their order, the same ones until they are removed', async () => {
  const spool = await openSpool(makeSpoolFolder())
  const records = Array.from({ length: 5 }, (_, i) => makeRecord(startMs + i * 100, i + 1))
  await spool.write(records.slice(0, 2))
  await spool.write(records.slice(2))
  expect(await spool.next(1_000, 1_000)).toEqual(await spool.next(1_000, 1_000))
  expect(spool.fixes).toBe(15)
  expect(spool.oldestMs).toBe(startMs)
  expect(recordsIn(await takeAll(spool))).toEqual(records)
  expect(spool.isEmpty).toBe(true)
  expect(spool.fixes).toBe(0)
  expect(spool.oldestMs).toBeNull()
  await spool.close()
})

test('a batch has a bounded number of fixes and was received within a bounded time', async () => {
  const spool = await openSpool(makeSpoolFolder())
  await spool.write([0, 400, 1_000, 1_001, 1_500, 9_000].map((ms) => makeRecord(startMs + ms, 3)))
  const sizes = async (maxFixes: number) => (await spool.next(maxFixes, 1_000))?.records.length
  expect(await sizes(1_000)).toBe(3)
  expect(await sizes(6)).toBe(2)
  expect(await sizes(1)).toBe(1)
  const batches = await takeAll(spool)
  expect(batches.map(({ receivedAtMs }) => receivedAtMs - startMs)).toEqual([1_000, 1_500, 9_000])
  await spool.close()
})

test('what was written is there after the process, and once', async () => {
  const folder = makeSpoolFolder()
  const first = await openSpool(folder)
  const records = [makeRecord(startMs, 2), makeRecord(startMs + 1, 3)]
  await first.write(records)
  await first.close()
  const second = await openSpool(folder)
  expect([second.fixes, second.oldestMs]).toEqual([5, startMs])
  // What comes later is behind what was there.
  const later = makeRecord(startMs + 2)
  await second.write([later])
  expect(recordsIn(await takeAll(second))).toEqual([...records, later])
  await second.close()
  expect(segmentsIn(folder)).toEqual([])
})

test('files go as soon as everything in them is stored', async () => {
  const folder = makeSpoolFolder()
  const spool = await openSpool(folder, { segmentBytes: 1_000 })
  for (let i = 0; i < 12; i++) await spool.write([makeRecord(startMs + i * 2_000, 2)])
  const files = segmentsIn(folder).length
  expect(files).toBeGreaterThan(3)
  const batch = (await spool.next(1_000, 60_000))!
  await spool.remove(batch)
  expect(segmentsIn(folder)).toHaveLength(files - 1)
  await takeAll(spool)
  await spool.rest()
  expect(segmentsIn(folder)).toEqual([])
  expect(spool.bytes).toBe(0)
  await spool.close()
})

test('is for its owner only', async () => {
  const folder = makeSpoolFolder()
  const spool = await openSpool(folder)
  await spool.write([makeRecord(startMs)])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(pathOf(folder)).mode & 0o777).toBe(0o600)
  expect(statSync(await spool.setAside(makeRecord(startMs).fixes)).mode & 0o777).toBe(0o600)
  await spool.close()
})

test('a record that was cut off, in its head or its text, is cut away, and those before it are there', async () => {
  const [whole, torn] = [makeRecord(startMs, 2), makeRecord(startMs + 1)]
  const frames = [whole, torn].map(encodeFrame)
  const bytes = Buffer.concat(frames)
  const [first, last] = [frames[0]!.length, bytes.length - 1]
  const lengths = new Set([...Array(24).keys(), 60, 100, last - first - 1, last - first])
  for (const length of [...lengths].map((more) => first + more)) {
    const folder = makeSpoolFolder()
    writeFileSync(join(folder, '000000000007.spool'), bytes.subarray(0, length))
    const spool = await openSpool(folder)
    expect(spool.fixes).toBe(2)
    await spool.write([makeRecord(startMs + 5)])
    expect(statSync(pathOf(folder)).size).toBe(frames[0]!.length)
    expect(recordsIn(await takeAll(spool))).toEqual([whole, makeRecord(startMs + 5)])
    await spool.close()
  }
})

test('a byte that changed anywhere is noticed', async () => {
  const good = encodeFrame(makeRecord(startMs))
  for (const at of [...Array(24).keys(), 60, 100, good.length - 1]) {
    const folder = makeSpoolFolder()
    const bad = Buffer.from(good)
    bad[at]! ^= 0x10
    writeFileSync(join(folder, '000000000001.spool'), bad)
    const spool = await openSpool(folder)
    expect(await spool.next(10, 0)).toBeNull()
    await spool.close()
  }
})

test('a damaged file is kept, and what can be read of it and of the next ones is stored', async () => {
  const folder = makeSpoolFolder()
  const records = [1, 2, 3, 4].map((i) => makeRecord(startMs + i))
  const frames = records.map(encodeFrame)
  const damaged = Buffer.concat([frames[0]!, frames[1]!, frames[2]!])
  damaged[frames[0]!.length + 30]! ^= 1
  writeFileSync(join(folder, '000000000001.spool'), damaged)
  writeFileSync(join(folder, '000000000002.spool'), frames[3]!)
  const spool = await openSpool(folder)
  expect(recordsIn(await takeAll(spool))).toEqual([records[0], records[2], records[3]])
  await spool.close()
  expect(readFileSync(join(folder, '000000000001.spool.damaged'))).toEqual(damaged)
  expect(segmentsIn(folder)).toEqual([])
})

test('the newest file is kept too when something in it is damaged', async () => {
  const records = [1, 2, 3].map((i) => makeRecord(startMs + i))
  const frames = records.map(encodeFrame)
  const whole = Buffer.concat(frames)
  const second = frames[0]!.length
  // In the first one, in the text, in the length either way, and in the last one.
  for (const [at, lost] of [
    [30, 0],
    [second + 30, 1],
    [second + 1, 1],
    [second + 2, 1],
    [second + 3, 1],
    [whole.length - 1, 2],
  ] as const) {
    const folder = makeSpoolFolder()
    const damaged = Buffer.from(whole)
    damaged[at]! ^= 1
    writeFileSync(join(folder, '000000000001.spool'), damaged)
    const spool = await openSpool(folder)
    expect(recordsIn(await takeAll(spool))).toEqual(records.filter((_, index) => index !== lost))
    await spool.close()
    expect(readFileSync(join(folder, '000000000001.spool.damaged'))).toEqual(damaged)
  }
})

test('what follows a part that is damaged while the app runs is stored', async () => {
  const folder = makeSpoolFolder()
  const records = [1, 2, 3].map((i) => makeRecord(startMs + i))
  const spool = await openSpool(folder)
  await spool.write(records)
  const damaged = readFileSync(pathOf(folder))
  damaged[encodeFrame(records[0]!).length + 30]! ^= 1
  writeFileSync(pathOf(folder), damaged)
  expect(recordsIn(await takeAll(spool))).toEqual([records[0], records[2]])
  await spool.write([records[1]!])
  expect(recordsIn(await takeAll(spool))).toEqual([records[1]])
  await spool.close()
  expect(readFileSync(join(folder, '000000000001.spool.damaged'))).toEqual(damaged)
})

test('zeros that a disk left behind the last record are no damage', async () => {
  const folder = makeSpoolFolder()
  writeFileSync(
    join(folder, '000000000001.spool'),
    Buffer.concat([encodeFrame(makeRecord(startMs)), Buffer.alloc(5_000)]),
  )
  const spool = await openSpool(folder)
  expect(recordsIn(await takeAll(spool))).toEqual([makeRecord(startMs)])
  await spool.close()
  expect(readdirSync(folder).filter((name) => name.endsWith('.damaged'))).toEqual([])
})

test('a file that is damaged while the app runs is kept too', async () => {
  const folder = makeSpoolFolder()
  const spool = await openSpool(folder)
  await spool.write([makeRecord(startMs)])
  truncateSync(pathOf(folder), 30)
  expect(await spool.next(10, 0)).toBeNull()
  await spool.write([makeRecord(startMs + 1)])
  expect(recordsIn(await takeAll(spool))).toEqual([makeRecord(startMs + 1)])
  await spool.close()
  expect(readdirSync(folder)).toContain('000000000001.spool.damaged')
})

test('a damaged file never takes the place of an earlier one', async () => {
  const folder = join(makeSpoolFolder(), 'of', 'its', 'own')
  for (let i = 1; i <= 2; i++) {
    const spool = await openSpool(folder)
    await spool.write([makeRecord(startMs + i)])
    truncateSync(pathOf(folder), 30)
    expect(await spool.next(10, 0)).toBeNull()
    await spool.close()
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.damaged'))).toHaveLength(2)
})

test('takes no more than it may hold, and takes again when there is room', async () => {
  const record = makeRecord(startMs, 10)
  const spool = await openSpool(makeSpoolFolder(), { maxBytes: encodeFrame(record).length * 2 })
  expect(await spool.write([record])).toBe(true)
  expect(await spool.write([record, record])).toBe(false)
  expect(await spool.write([record])).toBe(true)
  expect(await spool.write([record])).toBe(false)
  expect(spool.fixes).toBe(20)
  await takeAll(spool)
  await spool.rest()
  expect(await spool.write([record])).toBe(true)
  await spool.close()
})

test('takes nothing when the disk would have too little left', async () => {
  const spool = await openSpool(makeSpoolFolder(), { minFreeBytes: Number.MAX_SAFE_INTEGER })
  expect(await spool.write([makeRecord(startMs)])).toBe(false)
  await spool.close()
})

test('a folder belongs to one process', async () => {
  const folder = makeSpoolFolder()
  const spool = await openSpool(folder)
  await expect(openSpool(folder)).rejects.toMatchObject({
    code: 'database_locked',
    fix: expect.stringContaining('FLEET_SPOOL_DIR'),
  })
  await spool.close()
  await (await openSpool(folder)).close()
})

test('a folder that cannot be made is an error that names it', async () => {
  const file = join(makeSpoolFolder(), 'a file')
  writeFileSync(file, '')
  await expect(openSpool(join(file, 'spool'))).rejects.toMatchObject({ code: 'storage_failed' })
})

test(
  'a process that is killed while it writes loses nothing that it said was taken',
  { timeout: 60_000 },
  async () => {
    const folder = makeSpoolFolder()
    let sent = 0
    for (let round = 0; round < 8; round++) {
      const writer = fork(join(import.meta.dirname, 'kill-writer.ts'), [folder, String(sent)], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      let acknowledged = sent
      writer.on('message', (next: number) => {
        acknowledged = next
        // In the middle of something: the writer never waits for us.
        if (acknowledged >= sent + 20 + round * 7) writer.kill('SIGKILL')
      })
      await once(writer, 'exit')
      const spool = await openSpool(folder)
      expect(spool.fixes).toBeGreaterThanOrEqual(acknowledged)
      sent = spool.fixes
      await spool.close()
    }
    const spool = await openSpool(folder)
    const times = recordsIn(await takeAll(spool)).map(({ receivedAtMs }) => receivedAtMs)
    expect(times).toEqual(Array.from({ length: sent }, (_, i) => i))
    await spool.close()
  },
)
