import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatAddress, formatNetwork, isWithin, parseAddress, parseNetwork } from './ipv4.ts'

test('an address is four numbers, and no other spelling of them', () => {
  expect(parseAddress('10.0.0.11')).toBe(0x0a_00_00_0b)
  for (const text of [
    '10.0.0',
    '10.0.0.256',
    '10.0.0.011',
    '10.0.0.1.',
    ' 10.0.0.1',
    '::1',
    '0x0a.0.0.1',
    '',
  ])
    expect([text, parseAddress(text)]).toEqual([text, null])
})

test('every address and network is written as it is read', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
      expect(parseAddress(formatAddress(address))).toBe(address)
      const network = parseNetwork(`${formatAddress(address)}/${prefix}`)!
      expect(isWithin(network, address)).toBe(true)
      expect(network.last - network.first).toBe(2 ** (32 - prefix) - 1)
      expect(parseNetwork(formatNetwork(network))).toEqual(network)
      if (prefix > 0)
        expect(isWithin(network, network.last + 1) || isWithin(network, network.first - 1)).toBe(false)
    }),
  )
})

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/8/8', '10.0.0/8'])(
  '"%s" is no network',
  (text) => expect(parseNetwork(text)).toBeNull(),
)
