import { type AttentionItem, hourMs } from '@fleet/domain'
import { expect, test } from 'vitest'
import { findNews, newsAgain } from './news.ts'

const item = (key: string, kind: AttentionItem['kind'], severity = 60) =>
  ({ key, kind, severity }) as AttentionItem
const nobody = () => false

test('what is or will be late and issues that press are told, once', () => {
  const items = [
    item('late:1', 'late', 20),
    item('issue:1', 'issue'),
    item('issue:2', 'issue', 40),
    item('battery:1', 'battery'),
  ]
  const first = findNews(items, new Map(), 0, nobody)
  expect(first.fresh.map(({ key }) => key)).toEqual(['late:1', 'issue:1'])
  expect(findNews(items, first.told, 5_000, nobody).fresh).toEqual([])
})

test('what came of what this person did is not told, then or later', () => {
  const { fresh, told } = findNews([item('late:1', 'late')], new Map(), 0, () => true)
  expect(fresh).toEqual([])
  expect(findNews([item('late:1', 'late')], told, 5_000, nobody).fresh).toEqual([])
})

test('a matter that lasts for days is told once; one that ended a day ago may come back', () => {
  const items = [item('late:1', 'late')]
  let { told } = findNews(items, new Map(), 0, nobody)
  for (let hours = 1; hours <= 60; hours++) {
    const next = findNews(items, told, hours * hourMs, nobody)
    expect(next.fresh).toEqual([])
    told = next.told
  }
  expect(findNews([], told, 85 * hourMs, nobody).told.size).toBe(0)
})

test('what could not be told is news again, what could be is not', () => {
  const items = [item('late:1', 'late'), item('late:2', 'late')]
  const first = findNews(items, new Map(), 0, nobody)
  const told = newsAgain(first.told, [items[1]!])
  expect(findNews(items, told, 5_000, nobody).fresh).toEqual([items[1]])
})
