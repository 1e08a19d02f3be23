/*
 * Keeps the few files of which the courier's page is made, so that it opens without a network. `shell` is written above
 * this by the build (build/service-worker.ts): the files, and a version that is another one when any of them is.
 *
 * What the server says is never kept here: no address under /api is touched.
 */

/* global shell -- the build writes it */

const prefix = 'shell-'
const kept = prefix + shell.version
/** On a network that carries next to nothing the kept page is better than a blank one. */
const patienceMs = 3_000

addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(kept)
    await cache.addAll(shell.files.map((file) => new Request(file, { cache: 'no-cache' })))
    await skipWaiting()
  }
  event.waitUntil(fill())
})

addEventListener('activate', (event) => {
  const tidy = async () => {
    const names = await caches.keys()
    await Promise.all(
      names.filter((name) => name.startsWith(prefix) && name !== kept).map((name) => caches.delete(name)),
    )
    await clients.claim()
  }
  event.waitUntil(tidy())
})

addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') {
    if (url.pathname === '/') event.respondWith(freshPage())
  } else if (shell.files.includes(url.pathname)) event.respondWith(keptFile(request))
})

/**
 * The page as the server has it now, else as it was. With a kept page its Content-Security-Policy comes along, and so the
 * nonce for its styles: what may run is the same either way.
 */
async function freshPage() {
  try {
    const response = await fetch('/', { cache: 'no-cache', signal: AbortSignal.timeout(patienceMs) })
    if (response.ok) return response
  } catch {
    // Out of reach.
  }
  return (await caches.match('/', { cacheName: kept })) ?? Response.error()
}

/** Their names hold a hash of what is in them, or they are as old as the version. */
async function keptFile(request) {
  return (await caches.match(request, { cacheName: kept, ignoreVary: true })) ?? fetch(request)
}
