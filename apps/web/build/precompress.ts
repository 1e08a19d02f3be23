/// <reference types="node" />
// oxlint-disable-next-line no-restricted-imports -- runs in the build, never in a browser
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
// oxlint-disable-next-line no-restricted-imports -- runs in the build, never in a browser
import { join } from 'node:path'
// oxlint-disable-next-line no-restricted-imports -- runs in the build, never in a browser
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const compressible = /\.(?:js|mjs|css|html|svg|json)$/
/** Below this a response fits one packet anyway. */
const minBytes = 1_400

/**
 * Writes `.br` and `.gz` beside every text file of the build, so that the server never compresses at run time.
 * index.html is left out: the server puts a fresh nonce into each copy.
 */
export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'fleet-precompress',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        if (!entry.isFile() || entry.name === 'index.html' || !compressible.test(entry.name)) continue
        const bytes = readFileSync(path)
        if (bytes.length < minBytes) continue
        writeFileSync(
          `${path}.br`,
          brotliCompressSync(bytes, {
            params: {
              [constants.BROTLI_PARAM_QUALITY]: 10,
              [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
            },
          }),
        )
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  }
}
