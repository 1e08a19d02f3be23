import { expect, test } from 'vitest'
import { contentHash, hexOf } from './content-hash.ts'

test('texts that differ in one letter have other hashes, in every part', () => {
  const parts = Array.from({ length: 4 }, () => new Set<string>())
  for (let no = 0; no < 20_000; no++) {
    const hex = hexOf(contentHash(`row ${no}`))
    for (const [at, seen] of parts.entries()) seen.add(hex.slice(at * 8, at * 8 + 8))
  }
  // By chance one in 20 of such sets has a pair.
  for (const seen of parts) expect(seen.size).toBeGreaterThan(19_995)
})
