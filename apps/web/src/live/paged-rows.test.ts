import { expect, test } from 'vitest'
import { PagedRows } from './paged-rows.ts'

const row = (no: number) => ({ id: String(no) })

/** A server with `count` rows, two a page; what it is asked waits for `answer`. */
function server(count: number) {
  const asked: { cursor: string | null; answer: () => void; fail: () => void; signal: AbortSignal }[] = []
  const load = (cursor: string | null, signal: AbortSignal) =>
    new Promise<{ items: { id: string }[]; nextCursor: string | null }>((resolve, reject) => {
      const from = Number(cursor ?? 0)
      const items = [from, from + 1].filter((no) => no < count).map(row)
      asked.push({
        cursor,
        signal,
        answer: () => resolve({ items, nextCursor: from + 2 < count ? String(from + 2) : null }),
        fail: () => reject(new Error('away')),
      })
    })
  return { asked, load }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('reads page after page until there is none, one at a time', async () => {
  const { asked, load } = server(5)
  const paged = new PagedRows(load)
  for (const expected of [2, 4, 5]) {
    paged.more()
    paged.more()
    asked.at(-1)!.answer()
    await settled()
    expect(paged.view.rows).toHaveLength(expected)
  }
  expect(paged.view.complete).toBe(true)
  paged.more()
  expect(asked.map(({ cursor }) => cursor)).toEqual([null, '2', '4'])
})

test('a failure is told, and the same page is asked for again', async () => {
  const { asked, load } = server(2)
  const paged = new PagedRows(load)
  paged.more()
  asked[0]!.fail()
  await settled()
  expect(paged.view).toMatchObject({ failed: true, loading: false, complete: false })
  paged.more()
  expect(paged.view.failed).toBe(false)
  asked[1]!.answer()
  await settled()
  expect(paged.view).toMatchObject({ complete: true, rows: [row(0), row(1)] })
})

test('what is closed says nothing any more, and may be opened again', async () => {
  const { asked, load } = server(2)
  const paged = new PagedRows(load)
  paged.more()
  paged.close()
  expect(asked[0]!.signal.aborted).toBe(true)
  asked[0]!.answer()
  await settled()
  expect(paged.view.rows).toEqual([])
  paged.more()
  asked[1]!.answer()
  await settled()
  expect(paged.view.rows).toHaveLength(2)
})

test('reads everything by itself when asked, until told to stop', async () => {
  const { asked, load } = server(9)
  const paged = new PagedRows(load)
  const stop = paged.readAll()
  for (let page = 0; page < 3; page++) {
    asked.at(-1)!.answer()
    await settled()
  }
  expect(asked).toHaveLength(4)
  stop()
  asked.at(-1)!.answer()
  await settled()
  expect(asked).toHaveLength(4)
  expect(paged.view).toMatchObject({ complete: false, loading: false })
  expect(paged.view.rows).toHaveLength(8)
})
