// `npm start`: all set-up, then the app.
import { join } from 'node:path'
import { become, ensureDependencies, ensureWebApp, root } from './setup.mjs'

ensureDependencies()
ensureWebApp()
become([join(root, 'apps/fleet/src/main.ts'), 'serve', ...process.argv.slice(2)])
