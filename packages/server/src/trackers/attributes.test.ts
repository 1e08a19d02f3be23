import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AttributeCollector, boundAttributes, maxAttributeChars } from './attributes.ts'

describe('attributes', () => {
  it('are null when there are none', () => {
    expect(boundAttributes({})).toBeNull()
    expect(boundAttributes({ lock: null })).toBeNull()
  })

  it('keep 32 keys in wire order and count the rest', () => {
    const source = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, i]))
    const kept = boundAttributes(source)!
    expect(kept).toMatchObject({ k0: 0, k31: 31, attributesDropped: 8 })
    expect(kept).not.toHaveProperty('k32')
  })

  it('cut text at 256 characters, without half a surrogate pair', () => {
    expect(boundAttributes({ note: 'x'.repeat(300) })).toEqual({ note: 'x'.repeat(256) })
    const cut = boundAttributes({ note: `${'x'.repeat(255)}🚲` })!['note'] as string
    expect(cut.isWellFormed()).toBe(true)
    expect(cut).toHaveLength(256)
  })

  it('drop a nested value whose JSON is longer than 256 characters or deeper than four levels', () => {
    expect(boundAttributes({ small: { a: [1, 'b', null] } })).toEqual({ small: { a: [1, 'b', null] } })
    expect(boundAttributes({ big: Array.from({ length: 200 }, () => 1) })).toEqual({ attributesDropped: 1 })
    expect(boundAttributes({ deep: [[[[[1]]]]] })).toEqual({ attributesDropped: 1 })
    expect(boundAttributes(JSON.parse(`{"deep":${'['.repeat(5000)}${']'.repeat(5000)}}`))).toEqual({
      attributesDropped: 1,
    })
  })

  it('never touch a prototype', () => {
    expect(boundAttributes(JSON.parse('{"__proto__": {"admin": true}}'))).toEqual({ attributesDropped: 1 })
    expect(boundAttributes(JSON.parse('{"a": {"__proto__": {"admin": true}}}'))).toEqual({
      attributesDropped: 1,
    })
    expect(boundAttributes({ constructor: 'Gazelle', toString: 'x' })).toEqual({
      constructor: 'Gazelle',
      toString: 'x',
    })
  })

  it('replace what jsonb refuses: NUL and lone surrogates', () => {
    expect(boundAttributes({ 'a\0': 'b\0\ud800' })).toEqual({ 'a\uFFFD': 'b\uFFFD\uFFFD' })
  })

  it('give query parameters their type back only where nothing is lost', () => {
    const collector = new AttributeCollector()
    for (const [name, value] of [
      ['sats', '11'],
      ['hdop', '0.9'],
      ['motion', 'true'],
      ['lock', 'false'],
      ['code', '007'],
      ['empty', ''],
      ['nan', 'NaN'],
      ['infinite', 'Infinity'],
    ] as const)
      collector.addText(name, value)
    expect(collector.finish()).toEqual({
      sats: 11,
      hdop: 0.9,
      motion: true,
      lock: false,
      code: '007',
      empty: '',
      nan: 'NaN',
      infinite: 'Infinity',
    })
  })

  it('stay bounded and storable for any JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ noUnicodeString: false })),
        (source) => {
          const kept = boundAttributes(source)
          if (kept === null) return
          expect(Object.keys(kept).length).toBeLessThanOrEqual(33)
          for (const value of Object.values(kept)) {
            if (typeof value === 'string') expect(value.length).toBeLessThanOrEqual(maxAttributeChars)
            else expect(JSON.stringify(value).length).toBeLessThanOrEqual(maxAttributeChars)
          }
          expect(JSON.stringify(kept)).not.toMatch(/(?<!\\)(\\\\)*\\u(0000|d[89a-f])/)
        },
      ),
    )
  })
})
