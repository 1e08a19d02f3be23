import { expect, test } from 'vitest'
import { navigationLink, phoneLink } from './phone-links.ts'

const dam = { lat: 52.373, lon: 4.8925 }

test('navigation opens on every phone', () => {
  expect(navigationLink(dam, 'Dam 1 (hoek)', 'Mozilla/5.0 (Linux; Android 15)')).toBe(
    'geo:52.373000,4.892500?q=52.373000,4.892500(Dam%201%20hoek)',
  )
  expect(navigationLink(dam, 'Dam 1', 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)')).toBe(
    'maps://?daddr=52.373000,4.892500',
  )
})

test('a number is found in what somebody typed, and nothing is taken for one', () => {
  expect(phoneLink('Mw. de Vries, +31 (0)6-1234 5678 (na 18.00)')).toBe('tel:+31612345678')
  expect(phoneLink('020 123 45 67')).toBe('tel:0201234567')
  for (const text of ['', 'Mw. de Vries', 'Huis 12-14', '3 hoog achter']) expect(phoneLink(text)).toBeNull()
})
