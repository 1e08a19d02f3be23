// `npm run desktop`: all set-up, then the desktop app.
import { spawn } from 'node:child_process'
import { buildDesktop, checkToolchain } from './desktop-build.mjs'
import { ensureDependencies, ensureWebApp } from './setup.mjs'

checkToolchain()
ensureDependencies()
ensureWebApp()
const app = spawn(buildDesktop('sqlite'), process.argv.slice(2), { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => app.kill(signal))
app.on('exit', (code) => process.exit(code ?? 1))
