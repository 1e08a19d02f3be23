// `npm run check`: types, lint with the import arrows, format. Runs all of them, then says which failed.
import { join } from 'node:path'
import { ensureDependencies, root, run } from './setup.mjs'

ensureDependencies()
const bin = (path) => join(root, 'node_modules', path)
const steps = [
  ['types', [bin('typescript/bin/tsc'), '-p', '.']],
  ['types of the web app', [bin('typescript/bin/tsc'), '-p', 'apps/web']],
  ['types of the desktop app’s tests', [bin('typescript/bin/tsc'), '-p', 'apps/desktop']],
  ['lint', [bin('oxlint/bin/oxlint'), '--deny-warnings']],
  ['format', [bin('oxfmt/bin/oxfmt'), '--check']],
]
const failed = []
for (const [name, command] of steps) if ((await run(command)) !== 0) failed.push(name)
console.log(failed.length === 0 ? 'check: all clean' : `check: failed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)
