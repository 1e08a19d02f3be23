// `npm run bench [NAME ...]`: each claim about speed, measured against a limit or a peer in the same run.
import { join } from 'node:path'
import { become, ensureDebianPackages, ensureDependencies, ensureWebApp, root } from './setup.mjs'

ensureDependencies()
ensureDebianPackages()
ensureWebApp()
become([join(root, 'bench/main.ts'), ...process.argv.slice(2)], { cwd: root })
