import { expect, test } from 'vitest'
import { bestMatches, searched, wordsOf } from './palette-match.ts'

const entries = [
  { title: 'Deliveries', detail: 'Page' },
  { title: 'D-000123', detail: 'Prinsengracht 263' },
  { title: 'José Yıldız', keywords: '+31 6 1234' },
  { title: 'New delivery' },
].map(searched)
const find = (text: string) => bestMatches(entries, wordsOf(text), 10).map(({ item }) => item.title)

test('the start of a title goes before a word in it', () => {
  expect(find('del')).toEqual(['Deliveries', 'New delivery'])
})
test('a code is found by its number, a delivery by its address, a person without accents', () => {
  expect(find('000123')).toEqual(['D-000123'])
  expect(find('prinsen 263')).toEqual(['D-000123'])
  expect(find('jose yildiz')).toEqual(['José Yıldız'])
})
test('every word must occur', () => {
  expect(find('prinsen 999')).toEqual([])
})
test('without words everything is there, in order', () => {
  expect(find('')).toHaveLength(4)
})
