// The server as a few JavaScript files for the package: half of its start was finding modules and taking types out.
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '../../..')

// Used by scripts/desktop-tree.mjs, which says where it is written to.
export default {
  root,
  configFile: false,
  publicDir: false,
  // Its page is a folder of files, which it looks for beside itself.
  ssr: { noExternal: true, external: ['@fastify/swagger-ui', 'pg-native'] },
  build: {
    ssr: 'apps/fleet/src/main.ts',
    target: 'node26',
    emptyOutDir: true,
    rolldownOptions: {
      output: { entryFileNames: 'main.mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
  plugins: [
    {
      name: 'our modules find files by where they were',
      transform(code: string, id: string) {
        if (id.includes('node_modules') || !/import\.meta\.(url|dirname)/.test(code)) return null
        const path = relative(root, id)
        return code
          .replaceAll('import.meta.url', `new URL('../${path}', import.meta.url).href`)
          .replaceAll('import.meta.dirname', `(import.meta.dirname + '/../${dirname(path)}')`)
      },
    },
  ],
}
