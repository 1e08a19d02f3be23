import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './build/precompress.ts'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompress()],
  build: {
    target: 'es2022',
    // Inlined assets become data: URLs, which the Content-Security-Policy allows for images only.
    assetsInlineLimit: 0,
    // The map is half of all code and is loaded by the pages that show it.
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: false,
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8484', ws: true } },
  },
})
