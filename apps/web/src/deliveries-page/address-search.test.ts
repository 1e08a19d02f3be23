import { type ApiClient, type CallInput, mostAddressesAtOnce } from '@fleet/api'
import { expect, test } from 'vitest'
import { type AddressHit, certainHit, chosenAddress, lookUpAddresses } from './address-search.ts'

const point = { lat: 52.37, lon: 4.88 }
const street: AddressHit = { label: 'Rozengracht, Amsterdam', point, isStreet: true }
const house: AddressHit = { label: 'Rozengracht 120, 1016 NH Amsterdam', point, isStreet: false }

test('a house number that the map does not know stays', () => {
  expect(chosenAddress('rozengr 120', street).address).toBe('Rozengracht 120, Amsterdam')
  expect(chosenAddress('rozengr 12-2', street).address).toBe('Rozengracht 12-2, Amsterdam')
  expect(chosenAddress('rozengr', street).address).toBe('Rozengracht, Amsterdam')
  expect(chosenAddress('rozengr 120', house).address).toBe(house.label)
})

test('what was typed in full is certain, what was typed in part is not', () => {
  expect(certainHit('rozengracht 120', [house])).toEqual({ address: 'rozengracht 120', point })
  expect(certainHit('Rozengracht 120', [street])).toEqual({ address: 'Rozengracht 120', point })
  expect(certainHit('Rozengracht 12', [house])).toBeNull()
  expect(certainHit('Rozen', [street, house])).toBeNull()
})

/** Finds everything, at a point that tells which it is. */
function createApi() {
  const requests: number[] = []
  const api = {
    call: async (_route: string, { body }: CallInput<'lookUpAddresses'>) => {
      requests.push(body.texts.length)
      return {
        items: body.texts.map((text) => [
          { kind: 'address', label: text, point: { lat: Number(text), lon: 0 } },
        ]),
      }
    },
  } as unknown as ApiClient
  return { api, requests }
}

test('ten thousand addresses are fifty requests, and each gets its own answer', async () => {
  const { api, requests } = createApi()
  const addresses = Array.from({ length: 10_000 }, (_, no) => String(no))
  const told: number[] = []
  const finds = await lookUpAddresses(
    api,
    addresses,
    (count) => told.push(count),
    new AbortController().signal,
  )
  expect(requests).toEqual(Array.from({ length: 10_000 / mostAddressesAtOnce }, () => mostAddressesAtOnce))
  expect(addresses.every((address) => finds.get(address)?.[0]?.point.lat === Number(address))).toBe(true)
  expect(told.at(-1)).toBe(10_000)
})

test('no more is asked once it was cancelled', async () => {
  const { api, requests } = createApi()
  const cancel = new AbortController()
  const addresses = Array.from({ length: 1_000 }, (_, no) => String(no))
  await expect(lookUpAddresses(api, addresses, () => cancel.abort(), cancel.signal)).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  )
  expect(requests).toHaveLength(1)
})
