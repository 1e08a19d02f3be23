// `npm run fleet -- ...`: the fleet command, from whichever folder it was called.
import { join } from 'node:path'
import { become, ensureDependencies, root } from './setup.mjs'

ensureDependencies()
become([join(root, 'apps/fleet/src/main.ts'), ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  // Half of the time that a command takes to start is compiling: `cluster status` has 3 s in all.
  env: { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'), ...process.env },
})
