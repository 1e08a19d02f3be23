import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './build/precompress.ts'
import { serviceWorker } from './build/service-worker.ts'

const ofMap =
  /[\\/]node_modules[\\/](?:maplibre-gl|pmtiles|@deck\.gl|@luma\.gl)[\\/]|[\\/]web[\\/]src[\\/]map[\\/]/

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), serviceWorker(), precompress()],
  build: {
    target: 'es2022',
    // Inlined assets become data: URLs, which the Content-Security-Policy allows for images only.
    assetsInlineLimit: 0,
    // The map is half of all code and is loaded by the pages that show it.
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // Of a file that several pages share, the name would be that of all of them.
        chunkFileNames: ({ name }) => `assets/${name.split('~')[0]}-[hash].js`,
        // Modules that import each other in a circle begin in the order of the source, whichever file they came into.
        strictExecutionOrder: true,
        // A browser asks for six files at a time: what is loaded together is one file, not fifty.
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'], priority: 3 },
            {
              name: 'shared',
              test: (id) => !ofMap.test(id),
              minShareCount: 2,
              entriesAware: true,
              entriesAwareMergeThreshold: 60_000,
              priority: 2,
            },
            { name: 'map', test: ofMap, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8484', ws: true } },
  },
})
