import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ports, warningCodes } from '@fleet/cluster'
import { faults, topologies } from '@fleet/lab'
import { describe, expect, test } from 'vitest'
import type { CommandNode } from '../src/command.ts'
import { commands } from '../src/commands/index.ts'
import { parseConsoleBlocks } from './console-blocks.ts'

const root = join(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const guides = ['docs/on-premise.md', 'docs/deployment.md', 'docs/runbook.md']
const documents = [...guides, 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']

const headingsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading!)
/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

describe('the runbook', () => {
  const sections = [...read('docs/runbook.md').matchAll(/^### ([a-z0-9_-]+)$/gm)].map(([, code]) => code!)

  test('has a section for each warning of status and each fault of a lab, and no other', () => {
    expect(sections.toSorted()).toEqual([...warningCodes, ...faults.map(({ name }) => name)].toSorted())
  })

  test('is told apart by its words: no section is there twice', () => {
    expect(sections.length).toBe(new Set(sections).size)
  })

  test.each(sections)('%s says what to do', (section) => {
    const [, text = ''] = read('docs/runbook.md').split(`### ${section}\n`)
    const own = text.split(/\n##/)[0]!
    expect(own).toMatch(
      /\*\*Next:\*\*|needs nothing|What you see and do is the same|\.\/fleet cluster switchover/,
    )
  })
})

test('deployment.md has the target of each fault', () => {
  const rows = [...read('docs/deployment.md').matchAll(/^\| `([a-z-]+)` +\| .+? \| (\d+) s +\|/gm)]
  expect(rows.map(([, name, seconds]) => [name, Number(seconds)])).toEqual(
    faults.map(({ name, limitMs }) => [name, limitMs / 1_000]),
  )
})

test('on-premise.md has every port that another machine may use', () => {
  const text = read('docs/on-premise.md')
  // On the loopback only.
  const { haproxyAlive, etcdMetrics, ...others } = ports
  for (const port of Object.values(others)) expect(text).toContain(`| ${port}/tcp `)
  for (const port of [haproxyAlive, etcdMetrics]) expect(text).not.toContain(String(port))
})

describe.each(documents)('%s', (document) => {
  const text = read(document)

  test('links to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const dead = links.filter(([, path, anchor]) => {
      const file = path === '' ? document : join(dirname(document), path!)
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && !headingsOf(read(file)).map(anchorOf).includes(anchor)
    })
    expect(dead.map(([link]) => link)).toEqual([])
  })

  test('names commands that there are', () => {
    const named = [...text.matchAll(/\bfleet (cluster|lab) ([a-z-]+)(?: ([a-z]+))?/g)]
    const unknown = named.filter(([, group, name, below]) => {
      const found = childOf(childOf(commands, group!), name!)
      return found === undefined || (found.kind === 'group' && childOf(found, below ?? '') === undefined)
    })
    expect(unknown.map(([words]) => words)).toEqual([])
  })
})

test('README.md lists every command about clusters and labs', () => {
  const text = read('README.md')
  const namesBelow = (node: CommandNode): readonly string[] =>
    node.kind === 'group' ? node.members.map(({ name }) => `${node.name} ${name}`) : [node.name]
  const missing = commands.members
    .filter(({ name }) => name === 'cluster' || name === 'lab')
    .flatMap((group) => (group.kind === 'group' ? group.members.flatMap(namesBelow) : []))
    .filter((name) => !new RegExp(`\`(fleet (cluster|lab) )?${name}\``).test(text))
  expect(missing).toEqual([])
})

test.each(guides)('%s shows commands of machines that a small lab has', (guide) => {
  const machines = new Set(parseConsoleBlocks(read(guide)).map(({ machine }) => machine))
  const known = new Set(['operator', ...topologies.small.map(({ name }) => name)])
  expect([...machines].filter((machine) => !known.has(machine))).toEqual([])
})

function childOf(node: CommandNode | undefined, name: string): CommandNode | undefined {
  return node?.kind === 'group' ? node.members.find((each) => each.name === name) : undefined
}
