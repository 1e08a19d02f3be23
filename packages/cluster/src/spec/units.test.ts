import { expect, test } from 'vitest'
import { parseDuration, parseSize } from './units.ts'

test.each([
  ['8 GB', 8 * 2 ** 30],
  ['8GiB', 8 * 2 ** 30],
  ['512 mb', 512 * 2 ** 20],
  ['1.5 GB', 1.5 * 2 ** 30],
  ['64k', 65_536],
])('%s is a size', (text, bytes) => expect(parseSize(text)).toBe(bytes))

test.each(['8', 'GB', '8 GBs', '-1 GB', '1 GB 2', '8 XB', '1e3 MB', '0.3 kB', ''])(
  '"%s" is no size',
  (text) => expect(parseSize(text)).toBeNull(),
)

test.each([
  ['30s', 30_000],
  ['250 ms', 250],
  ['5min', 300_000],
  ['5 m', 300_000],
  ['30 days', 30 * 86_400_000],
  ['1.5 h', 5_400_000],
])('%s is a duration', (text, ms) => expect(parseDuration(text)).toBe(ms))

test.each(['30', 's', '30 sek', '1 month', '-5s', '0.1 ms', ''])('"%s" is no duration', (text) =>
  expect(parseDuration(text)).toBeNull(),
)
