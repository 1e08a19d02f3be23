// `npm run tool -- NAME ...`: a development tool under the pinned Node, whatever Node the machine has.
import { join } from 'node:path'
import { become, ensureDependencies, giveUp, root } from './setup.mjs'

const tools = {
  node: [],
  oxfmt: ['oxfmt/bin/oxfmt'],
  oxlint: ['oxlint/bin/oxlint'],
  playwright: ['@playwright/test/cli.js'],
  tsc: ['typescript/bin/tsc'],
  vite: ['vite/bin/vite.js'],
  vitest: ['vitest/vitest.mjs'],
}

ensureDependencies()
const [name, ...words] = process.argv.slice(2)
const tool = tools[name]
if (!tool) giveUp(`"${name ?? ''}" is no tool here.`, `Tools: ${Object.keys(tools).join(', ')}.`)
become([...tool.map((path) => join(root, 'node_modules', path)), ...words], {
  cwd: process.env.INIT_CWD ?? root,
})
