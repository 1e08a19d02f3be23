// `npm run drill:all`: every drill, on labs made for it: those with etcd beside PostgreSQL, then those with etcd apart. Words after
// `--` go to `fleet drill run`. Ends with 0 when every promise held, 1 when one was broken, 3 when it is not known.
import { join } from 'node:path'
import { ensureDebianPackages, ensureDependencies, ensureWebApp, root, run } from './setup.mjs'

ensureDependencies()
ensureDebianPackages()
ensureWebApp()

const fleet = (...words) => run([join(root, 'apps/fleet/src/main.ts'), ...words])
const ends = []
for (const topology of ['small', 'full']) {
  const name = `drills-${topology}-${process.pid}`
  const isUp = (await fleet('lab', 'up', '--topology', topology, '--name', name)) === 0
  ends.push(isUp ? await fleet('drill', 'run', '--all', '--lab', name, ...process.argv.slice(2)) : 3)
  await fleet('lab', 'down', '--name', name)
}
process.exitCode = [1, 3].find((code) => ends.includes(code)) ?? Math.max(...ends)
