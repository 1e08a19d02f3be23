import { expect, it } from 'vitest'
import { en } from './en.ts'
import { nl } from './nl.ts'

type Words = { readonly [key: string]: string | Words }
const flat = (words: Words, path = ''): [string, string][] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flat(value, `${path}${key}.`),
  )
const placeholders = (text: string) =>
  new Set(Array.from(text.matchAll(/\{\{(\w+)\}\}/g), ([, name]) => name))

// That no key is missing is the compiler's business; that no value goes missing in a sentence is not.
it('fills in the same values in both languages', () => {
  const dutch = new Map(flat(nl))
  for (const [key, text] of flat(en))
    expect({ key, in: placeholders(dutch.get(key)!) }).toEqual({ key, in: placeholders(text) })
})

it('leaves no text empty', () => {
  for (const [key, text] of [...flat(en), ...flat(nl)])
    expect({ key, empty: text.trim() === '' }).toEqual({ key, empty: false })
})
