import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
// @ts-expect-error a plain script of the failure page
import { toDutch as untyped } from '../pages/dutch.js'

const toDutch = untyped as (sentence: string) => string
const sources = join(import.meta.dirname, '../src-tauri/src')

/** The sentences of all problems that the shell makes by itself, with `{error}` and the like filled in. */
function ownSentences(): string[] {
  return readdirSync(sources)
    .filter((name) => name !== 'backend.rs')
    .map((name) => readFileSync(join(sources, name), 'utf8').split('#[cfg(test)]')[0]!)
    .flatMap((text) => text.split('Problem::new(').slice(1).map(argumentsOf))
    .flatMap((words) => [...words.matchAll(/"((?:[^"\\]|\\.)*)"/g)])
    .map(([, sentence]) => sentence!.replaceAll('\\"', '"').replaceAll(/\{[^}]*\}/g, 'disk 7: full'))
}

/** The text up to the bracket that closes it; brackets within sentences come in pairs. */
function argumentsOf(text: string): string {
  let depth = 1
  let end = 0
  for (; depth > 0; end++) depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0
  return text.slice(0, end)
}

test('every sentence of the shell is there in Dutch, with what differs kept', () => {
  const sentences = ownSentences()
  expect(sentences.length).toBeGreaterThan(8)
  for (const sentence of sentences) {
    expect([sentence, toDutch(sentence)]).not.toEqual([sentence, sentence])
    expect(toDutch(sentence).includes('disk 7: full')).toBe(sentence.includes('disk 7: full'))
  }
})

test('what the server says stays as it is', () => {
  for (const other of [
    'The port 127.0.0.1:5055 is taken.',
    '',
    'The server ended before it was ready (',
    '….',
  ])
    expect(toDutch(other)).toBe(other)
})
