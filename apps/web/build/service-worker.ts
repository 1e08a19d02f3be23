/// <reference types="node" />
// oxlint-disable-next-line no-restricted-imports -- runs in the build, never in a browser
import { createHash } from 'node:crypto'
// oxlint-disable-next-line no-restricted-imports -- runs in the build, never in a browser
import { readFileSync } from 'node:fs'
// oxlint-disable-next-line no-restricted-imports -- runs in the build, never in a browser
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Modules whose files, with all that they import, the service worker keeps; the rest of the app needs a network. */
const keptModules = [
  'src/main.tsx',
  'src/courier-page/courier-page.tsx',
  'src/session/sign-in-page.tsx',
  'src/i18n/en.ts',
  'src/i18n/nl.ts',
]
const publicFiles = ['appearance.js', 'icon.svg']

interface Chunk {
  readonly type: string
  readonly fileName: string
  readonly code?: string
  readonly imports?: readonly string[]
  readonly isEntry?: boolean
  readonly moduleIds?: readonly string[]
  readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> }
}

/** Writes `service-worker.js`: the names of the files to keep, with a version made of them, before the code that keeps them. */
export function serviceWorker(): Plugin {
  let root = ''
  return {
    name: 'fleet-service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root
    },
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle) as readonly Chunk[]
      const names = new Set<string>()
      const keep = (chunk: Chunk | undefined) => {
        if (chunk === undefined || names.has(chunk.fileName)) return
        names.add(chunk.fileName)
        for (const css of chunk.viteMetadata?.importedCss ?? []) names.add(css)
        for (const name of chunk.imports ?? []) keep(bundle[name])
      }
      for (const path of keptModules) {
        const chunk = chunks.find(({ moduleIds }) => moduleIds?.includes(join(root, path)))
        if (chunk === undefined) this.error(`No chunk holds ${path}, which the service worker is to keep.`)
        keep(chunk)
      }
      const files = ['/', ...[...publicFiles, ...[...names].toSorted()].map((name) => `/${name}`)]
      const hash = createHash('sha256').update(files.join('\n'))
      for (const name of ['index.html', ...publicFiles.map((name) => `public/${name}`)])
        hash.update(readFileSync(join(root, name)))
      const shell = { version: hash.digest('hex').slice(0, 16), files }
      const code = readFileSync(join(root, 'src/service-worker/service-worker.js'), 'utf8')
      this.emitFile({
        type: 'asset',
        fileName: 'service-worker.js',
        source: `const shell = ${JSON.stringify(shell)}\n${code}`,
      })
    },
  }
}
