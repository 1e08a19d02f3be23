import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sentences } from '../apps/web/src/i18n/server-nl.ts'

const root = join(import.meta.dirname, '..')

/** The sentences of refusals and problems as they stand in the source, `{}` for what is filled in. */
function sentencesOfServer(): readonly string[] {
  const files = globSync('packages/{domain,store,server}/src/**/*.ts', { cwd: root })
  const said = files
    .filter((file) => !/\.test\.ts$|\/contract\//.test(file))
    .flatMap((file) => [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /(?:refuse|new HttpProblem)\(\s*'\w+',\s*(`[^`]*`|'[^']*')/gs,
      ),
    ])
    .map(([, text]) => text!.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '{}'))
  return [...new Set(said)]
}

test('every sentence of the server is there in Dutch', () => {
  const said = sentencesOfServer()
  expect(said.length).toBeGreaterThan(60)
  const known = Object.keys(sentences)
  // One may be put together from two: its beginning is found.
  expect(said.filter((sentence) => !known.some((one) => one.startsWith(sentence)))).toEqual([])
})
