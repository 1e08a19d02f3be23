import type { Courier, Delivery } from '@fleet/domain'
import { expect, test } from 'vitest'
import type { AddressHit } from './address-search.ts'
import { renderDeliveriesCsv } from './csv-export.ts'
import { parseDeliveriesCsv, requiredColumns } from './csv-import.ts'

const point = { lat: 52.3731, lon: 4.8922 }
const find = (address: string): readonly AddressHit[] =>
  /^(Rozengracht|Damrak)/.test(address) ? [{ label: address, point, isStreet: false }] : []
const lookUp = (addresses: readonly string[]) =>
  Promise.resolve(new Map(addresses.map((address) => [address, find(address)])))
const parse = (text: string) => parseDeliveriesCsv(text, '2026-11-23', lookUp)
const header = 'pickup_address,pickup_from,pickup_to,dropoff_address,dropoff_from,dropoff_to,size,priority'

test('a good file becomes deliveries, with a semicolon for a comma too', async () => {
  for (const separator of [',', ';']) {
    const text = `${header}\nRozengracht 1,9:00,09:30,Damrak 2,09:15,10:00,large,urgent\n`
    const { faults, rows } = await parse(text.replaceAll(',', separator))
    expect(faults).toEqual([])
    expect(rows).toHaveLength(1)
    expect(rows[0]!.delivery).toMatchObject({
      pickup: { address: 'Rozengracht 1', point, window: { fromMs: Date.parse('2026-11-23T08:00:00Z') } },
      dropoff: { address: 'Damrak 2' },
      size: 'large',
      priority: 'urgent',
    })
  }
})

test('every fault of every row is named, with its line and column', async () => {
  const { rows } = await parse(
    `${header}\n` +
      'Rozengracht 1,09:00,09:30,Nowhere 5,09:15,10:00,huge,now\n' +
      ',25:00,09:30,Damrak 2,12:00,10:00,,\n',
  )
  expect(rows.map(({ line }) => line)).toEqual([2, 3])
  expect(rows[0]!.faults).toEqual([
    { kind: 'place', column: 'dropoff_address', text: 'Nowhere 5' },
    { kind: 'size', column: 'size', text: 'huge' },
    { kind: 'priority', column: 'priority', text: 'now' },
  ])
  expect(rows[1]!.faults).toEqual([
    { kind: 'address', column: 'pickup_address', text: '' },
    { kind: 'from', column: 'pickup_from', text: '25:00' },
    { kind: 'order', column: 'dropoff_to', text: '10:00' },
  ])
})

test('addresses are asked for in one go, each once, and none that the file itself gives a place for', async () => {
  const asked: (readonly string[])[] = []
  const row = 'Rozengracht 1,09:00,09:30,Damrak 2,09:15,10:00,52.1,4.7\n'
  await parseDeliveriesCsv(
    `${requiredColumns.join()},dropoff_lat,dropoff_lon\n${row.repeat(3)}`,
    '2026-11-23',
    (addresses) => {
      asked.push(addresses)
      return lookUp(addresses)
    },
  )
  expect(asked).toEqual([['Rozengracht 1']])
})

test('a file without the needed columns, or without rows, says so', async () => {
  expect((await parse('a,b\n1,2\n')).faults).toEqual([
    {
      kind: 'columns',
      columns: [
        'pickup_address',
        'pickup_from',
        'pickup_to',
        'dropoff_address',
        'dropoff_from',
        'dropoff_to',
      ],
    },
  ])
  expect((await parse(`${header}\n\n`)).faults).toEqual([{ kind: 'empty' }])
})

test('what was exported can be imported, wherever it is', async () => {
  const stop = (address: string, from: string, to: string) => ({
    address,
    point: { lat: 52.1, lon: 4.7 },
    window: { fromMs: Date.parse(from), toMs: Date.parse(to) },
    contact: '=cmd()',
    note: 'bel, "boven"\nniet onder',
  })
  const delivery = {
    code: 'D-000001',
    status: 'unassigned',
    courierId: null,
    pickup: stop('Nergens 1', '2026-11-23T08:00:00Z', '2026-11-23T08:30:00Z'),
    dropoff: stop('Nergens 2', '2026-11-23T08:15:00Z', '2026-11-23T09:00:00Z'),
    size: 'medium',
    priority: 'high',
  } as unknown as Delivery
  const text = renderDeliveriesCsv([delivery], new Map<string, Courier>())
  expect(text).toContain("'=cmd()")
  const { rows } = await parse(`\uFEFF${text}`)
  expect(rows[0]!.faults).toEqual([])
  expect(rows[0]!.delivery!.dropoff).toEqual(delivery.dropoff)
})
