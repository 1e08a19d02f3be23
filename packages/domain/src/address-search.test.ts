import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AddressDirectory, findAddresses, type House } from './address-directory.ts'
import { type AddressStreet, createAddressSearch } from './address-search.ts'
import {
  addressWords,
  editDistance,
  forgivenEdits,
  parseAddressQuery,
  parseHouseNumber,
  parsePostcode,
} from './address-text.ts'

const at = { lat: 52.37, lon: 4.89 }
const streets: AddressStreet[] = [
  ['Prinsengracht', 'Amsterdam', 900],
  ['Prinsenstraat', 'Amsterdam', 60],
  ['Prins Hendrikkade', 'Amsterdam', 300],
  ['Eerste Jan van der Heijdenstraat', 'Amsterdam', 200],
  ['Tweede Jan van der Heijdenstraat', 'Amsterdam', 150],
  ['Sint Nicolaasstraat', 'Amsterdam', 80],
  ['Curaçaostraat', 'Amsterdam', 90],
  ["Plein '40-'45", 'Amsterdam', 20],
  ["'s-Gravelandseveer", 'Amsterdam', 9],
  ['Dorpsstraat', 'Amstelveen', 40],
  ['Dorpsstraat', 'Landsmeer', 70],
  ['Reguliersdwarsstraat', 'Amsterdam', 120],
].map(([name, place, houses], i) => ({
  id: i + 1,
  kind: 'street',
  name: name as string,
  place: place as string,
  point: at,
  houses: houses as number,
}))
const search = createAddressSearch(streets)
const named = (query: string) =>
  search.find(parseAddressQuery(query).words, 5).map(({ street }) => `${street.name}, ${street.place}`)
const best = (query: string) => named(query)[0]?.split(',')[0]

const doors: Readonly<Record<string, readonly (readonly [houseNumber: string, postcode: string])[]>> = {
  Prinsengracht: [
    ['263', '1016GV'],
    ['263-H', '1016GV'],
    ['263-2', '1016GV'],
    ['265', '1016GV'],
    ['15-17', '1015DK'],
  ],
}
const housesOn = (street: AddressStreet): House[] =>
  (doors[street.name] ?? []).map(([houseNumber, postcode]) => ({ houseNumber, postcode, point: at }))
const directory: AddressDirectory = {
  search,
  housesOf: (street, number) =>
    housesOn(street).filter(({ houseNumber }) => parseHouseNumber(houseNumber)?.number === number),
  housesAt: (postcode, number, limit) =>
    streets
      .flatMap((street) => housesOn(street).map((house) => ({ street, house })))
      .filter(
        ({ house }) =>
          house.postcode === postcode &&
          (number === null || parseHouseNumber(house.houseNumber)?.number === number),
      )
      .slice(0, limit),
}
const labels = (query: string) => findAddresses(query, directory, 4).map(({ label }) => label)

describe('a name is found', () => {
  test.each([
    ['prinsengr', 'Prinsengracht'],
    ['Prinsengracht', 'Prinsengracht'],
    ['prinsen gracht', 'Prinsengracht'],
    ['prinsngracht', 'Prinsengracht'],
    ['prinesngracht', 'Prinsengracht'],
    ['prinsengarcht', 'Prinsengracht'],
    ['prinsengrahct amsterdam', 'Prinsengracht'],
    ['hendrikkade', 'Prins Hendrikkade'],
    ['pr hendrikk', 'Prins Hendrikkade'],
    ['1e jan v.d. heijdenstr', 'Eerste Jan van der Heijdenstraat'],
    ['2e heydenstraat', 'Tweede Jan van der Heijdenstraat'],
    ['tweede jan vd heyden', 'Tweede Jan van der Heijdenstraat'],
    ['st nicolaasstraat', 'Sint Nicolaasstraat'],
    ['St. Nicolaas', 'Sint Nicolaasstraat'],
    ['curacaostraat', 'Curaçaostraat'],
    ['CURAÇAO', 'Curaçaostraat'],
    ['sgravelandseveer', "'s-Gravelandseveer"],
    ['s-gravelandseveer', "'s-Gravelandseveer"],
    ["plein '40-'45", "Plein '40-'45"],
    ['reguliersdwars', 'Reguliersdwarsstraat'],
    ['regulierdwarsstraat', 'Reguliersdwarsstraat'],
  ])('%s', (query, name) => expect(best(query)).toBe(name))

  test('with its town, where towns share it; of the rest the longer street comes first', () => {
    expect(named('dorpsstraat')).toEqual(['Dorpsstraat, Landsmeer', 'Dorpsstraat, Amstelveen'])
    expect(named('dorpsstraat amstelveen')).toEqual(['Dorpsstraat, Amstelveen'])
    expect(named('dorpsstraat amstelv')).toEqual(['Dorpsstraat, Amstelveen'])
  })

  test('whole before begun before misspelt', () => {
    expect(named('prins')[0]).toBe('Prins Hendrikkade, Amsterdam')
    expect(named('prinsenstraat')[0]).toBe('Prinsenstraat, Amsterdam')
  })

  test.each(['xyzzy', 'amsterdam', 'gracht', 'prinsengracht xyzzy', '', '   ', "'", '263', 'rinsengracht'])(
    'but not by "%s"',
    (query) => expect(named(query)).toEqual([]),
  )
})

describe('a query is taken apart', () => {
  test.each([
    ['prinsengr 263', ['prinsengr'], { number: 263, suffix: '' }, null],
    ['263 Prinsengracht', ['prinsengracht'], { number: 263, suffix: '' }, null],
    ['Prinsengracht 263-H', ['prinsengracht'], { number: 263, suffix: 'h' }, null],
    ['Prinsengracht 263 huis', ['prinsengracht'], { number: 263, suffix: 'h' }, null],
    ['Prinsengracht 263hs', ['prinsengracht'], { number: 263, suffix: 'h' }, null],
    ['Prinsengracht 14 II, Amsterdam', ['prinsengracht', 'amsterdam'], { number: 14, suffix: '2' }, null],
    ['Prinsengracht 14 2', ['prinsengracht'], { number: 14, suffix: '2' }, null],
    ['2e Heijdenstr 10', ['tweede', 'heijdenstr'], { number: 10, suffix: '' }, null],
    ["Plein '40-'45", ['plein', '40', '45'], null, null],
    ['plein 40-45 12', ['plein', '40', '45'], { number: 12, suffix: '' }, null],
    ['1016 gv 263', [], { number: 263, suffix: '' }, '1016GV'],
    ['1016GV', [], null, '1016GV'],
    [
      'Prinsengracht 263, 1016 GV Amsterdam',
      ['prinsengracht', 'amsterdam'],
      { number: 263, suffix: '' },
      '1016GV',
    ],
    ['kinkerstraat 1016', ['kinkerstraat'], { number: 1016, suffix: '' }, null],
  ])('%s', (text, words, houseNumber, postcode) =>
    expect(parseAddressQuery(text)).toEqual({ words, houseNumber, postcode }),
  )

  test('postcodes and house numbers as people write them', () => {
    expect([parsePostcode('1016 gv'), parsePostcode('1016GV '), parsePostcode('0116 GV')]).toEqual([
      '1016GV',
      '1016GV',
      null,
    ])
    expect(parseHouseNumber('15-17')).toEqual({ number: 15, suffix: '17' })
    expect([parseHouseNumber('de Hoop'), parseHouseNumber('123456'), parseHouseNumber('')]).toEqual([
      null,
      null,
      null,
    ])
  })
})

describe('doors', () => {
  test('the one that was asked for comes first, the others of that number after it', () => {
    expect(labels('prinsengr 263')).toEqual([
      'Prinsengracht 263, 1016 GV Amsterdam',
      'Prinsengracht 263-2, 1016 GV Amsterdam',
      'Prinsengracht 263-H, 1016 GV Amsterdam',
    ])
    expect(labels('prinsengracht 263 hs')[0]).toBe('Prinsengracht 263-H, 1016 GV Amsterdam')
    expect(labels('prinsengracht 263 II')[0]).toBe('Prinsengracht 263-2, 1016 GV Amsterdam')
  })

  test('by postcode and number, and by postcode alone', () => {
    expect(labels('1016gv 265')).toEqual(['Prinsengracht 265, 1016 GV Amsterdam'])
    expect(labels('1016 GV')).toHaveLength(4)
    expect(labels('1999 ZZ')).toEqual([])
    expect(labels('1999 ZZ prinsengracht')[0]).toBe('Prinsengracht, Amsterdam')
  })

  test('a number that nobody knows leads to the street', () => {
    expect(findAddresses('prinsengracht 9999', directory, 1)).toMatchObject([
      { kind: 'street', label: 'Prinsengracht, Amsterdam', houseNumber: null },
    ])
  })

  test('a street that has the number comes before one with a better name that has not', () => {
    expect(labels('prinsen 265')[0]).toBe('Prinsengracht 265, 1016 GV Amsterdam')
  })
})

describe('edits', () => {
  test.each([
    ['gracht', 'gracht', 0],
    ['grcht', 'gracht', 1],
    ['grachtt', 'gracht', 1],
    ['gracgt', 'gracht', 1],
    ['garcht', 'gracht', 1],
    ['grahct', 'gracht', 1],
    ['gach', 'gracht', 2],
    ['dam', 'gracht', null],
  ])('%s is %s after %s', (typed, word, edits) => expect(editDistance(typed, word, 2, false)).toBe(edits))

  test('what is still being typed is compared with the beginning', () => {
    expect(editDistance('prisnen', 'prinsengracht', 1, true)).toBe(1)
    expect(editDistance('prisnen', 'prinsengracht', 1, false)).toBeNull()
  })

  const word = fc.stringMatching(/^[a-d]{0,9}$/)
  test('agree with the plain algorithm, whatever is skipped because it is too far', () => {
    fc.assert(
      fc.property(word, word, fc.nat(3), fc.boolean(), (typed, text, max, isOpen) => {
        const beginnings = isOpen
          ? Array.from({ length: text.length + 1 }, (_, i) => text.slice(0, i))
          : [text]
        const least = Math.min(...beginnings.map((beginning) => plainDistance(typed, beginning)))
        expect(editDistance(typed, text, max, isOpen)).toBe(least <= max ? least : null)
      }),
      { numRuns: 2_000 },
    )
  })
})

const letters = fc.stringMatching(/^[a-z]{3,14}$/)
const names = fc.array(fc.array(letters, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 30 })
const indexOf = (all: readonly string[][]) =>
  createAddressSearch(
    all.map((words, i) => ({
      id: i,
      kind: 'street',
      name: words.join(' '),
      place: '',
      point: at,
      houses: 0,
    })),
  )

test('a street may have the name of what every object has', () => {
  expect(addressWords('constructor')).toEqual(['constructor'])
})

describe('whatever the streets are', () => {
  test('each is found by its whole name, and nothing is better', () => {
    fc.assert(
      fc.property(names, fc.nat(), (all, pick) => {
        const words = all[pick % all.length]!
        const found = indexOf(all).find(addressWords(words.join(' ')), 50)
        const own = found.find(({ street }) => street.name === words.join(' '))
        expect(own).toBeDefined()
        expect(own!.score).toBe(found[0]!.score)
      }),
    )
  })

  test('each is found by the beginning of each word, and with one slip in a longer word', () => {
    fc.assert(
      fc.property(names, fc.nat(), fc.integer({ min: 1, max: 5 }), (all, pick, cut) => {
        const words = addressWords(all[pick % all.length]!.join(' '))
        const isFound = (query: readonly string[]) =>
          indexOf(all)
            .find(query, 50)
            .some(({ street }) => addressWords(street.name).join(' ') === words.join(' '))
        expect(isFound(words.map((word) => word.slice(0, Math.max(2, word.length - cut))))).toBe(true)
        const slipped = words.map((word) =>
          forgivenEdits(word.slice(0, -1)) === 0 ? word : `${word.slice(0, 2)}${word.slice(3)}`,
        )
        expect(isFound(slipped)).toBe(true)
      }),
    )
  })

  test('scores are from 0 to 1, in order, and the same words give the same list', () => {
    fc.assert(
      fc.property(names, fc.array(fc.string({ maxLength: 12 }), { maxLength: 4 }), (all, typed) => {
        const index = indexOf(all)
        const words = addressWords(typed.join(' '))
        const found = index.find(words, 20)
        const scores = found.map(({ score }) => score)
        expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true)
        expect(scores).toEqual(scores.toSorted((a, b) => b - a))
        expect(index.find(words, 20)).toEqual(found)
      }),
    )
  })

  test('no text that somebody types is too odd', () => {
    const odd = [
      'prins',
      'IJ',
      'ß',
      ' ',
      '1',
      '1016',
      'gv',
      '-',
      "'",
      '.',
      ',',
      '/',
      '\0',
      '\ud800',
      '😀',
      'é',
      '\u0301',
      'ﬁ',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...odd), { maxLength: 40 }), (parts) => {
        for (const { label } of findAddresses(parts.join(''), directory, 8)) expect(label).not.toBe('')
      }),
      { numRuns: 500 },
    )
  })
})

/** Optimal string alignment, without any shortcut. */
function plainDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        rows[i]![j] = Math.min(rows[i]![j]!, rows[i - 2]![j - 2]! + 1)
    }
  return rows[a.length]![b.length]!
}
