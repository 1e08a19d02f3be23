import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { referenceOptions, renderClusterYml } from './cluster-yml-template.ts'
import { parseClusterYml } from './parse-cluster-yml.ts'

const guide = readFileSync(new URL('../../../../docs/deployment.md', import.meta.url), 'utf8')
/** What the guide says of each field: its name and the column of its default. */
const documented = new Map(
  guide
    .slice(guide.indexOf('## cluster.yml'), guide.indexOf('## What is rendered'))
    .split('\n')
    .flatMap((line) => {
      const [, field, fallback] = /^\| `([\w.]+)` +\| (.+?) +\|/.exec(line) ?? []
      return field === undefined || fallback === undefined ? [] : [[field, fallback] as const]
    }),
)

const reference = renderClusterYml(referenceOptions())
const template = parseDocument(reference)
const withField = (path: readonly string[], value: unknown) => {
  const document = template.clone()
  document.setIn(path, document.createNode(value))
  return parseClusterYml(document.toString(), 'cluster.yml')
}

/** The fields of a section, from what the parser says to a field that it does not know; null when it is no section. */
function fieldsOf(path: readonly string[], siblings: Readonly<Record<string, string>>): string[] | null {
  const { problems } = withField(path, { ...siblings, zzzzzzzz: 1 })
  const problem = problems.find(({ field }) => field === [...path, 'zzzzzzzz'].join('.'))
  const listed = /^Remove it\. Fields here: (.+)\.$/.exec(problem?.fix ?? '')?.[1]
  return listed?.split(', ') ?? null
}

/** Every field below, as the guide writes them. */
function allFields(path: readonly string[], shown: readonly string[]): readonly string[] {
  if (shown.join('.') === 'hosts') return allFields([...path, 'pg-node-1'], [...shown, 'NAME'])
  const variants = shown.at(-1) === 'repository' ? ['path', 'nfs', 's3'].map((type) => ({ type })) : [{}]
  const names = variants.flatMap((siblings) => fieldsOf(path, siblings) ?? [])
  if (names.length === 0) return [shown.join('.')]
  return [...new Set(names)].flatMap((name) => allFields([...path, name], [...shown, name]))
}

test('docs/deployment.md has every field of cluster.yml, and no other', () => {
  const unknown = parseClusterYml(`zzzzzzzz: 1\n${reference}`, 'cluster.yml').problems[0]
  const top = /Fields here: (.+)\.$/.exec(unknown?.fix ?? '')?.[1]?.split(', ') ?? []
  const known = top.flatMap((name) => allFields([name], [name]))
  expect(known.length).toBeGreaterThan(40)
  expect([...documented.keys()].toSorted()).toEqual([...known].toSorted())
})

const literals = [...documented].flatMap(([field, fallback]) => {
  const [, value] = /^`(.+)`$/.exec(fallback) ?? []
  return value === undefined ? [] : [{ field, value }]
})

test('the guide gives most defaults as they would be written', () => {
  expect(literals.length).toBeGreaterThan(25)
})

test.each(literals)('$field is $value when it is left out', ({ field, value }) => {
  const path = field.split('.')
  // The field of a repository of another type needs its required ones.
  const share = { type: 'nfs', server: 'store', export: '/srv' }
  const store = { type: 's3', bucket: 'fleet', endpoint: 'store', region: 'here' }
  const repository = field.endsWith('.options') ? share : field.endsWith('.uri_style') ? store : {}
  const specWith = (own: boolean) => {
    const document = template.clone()
    if (field.startsWith('backup.repository.'))
      document.setIn(['backup', 'repository'], document.createNode(repository))
    if (document.hasIn(path)) document.deleteIn(path)
    if (own) document.setIn(path, parseDocument(value).contents)
    return parseClusterYml(document.toString(), 'cluster.yml').spec
  }
  expect(specWith(false)).not.toBeNull()
  expect(specWith(true)).toEqual(specWith(false))
})
