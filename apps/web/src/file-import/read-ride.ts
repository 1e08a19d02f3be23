import type { RideInFile } from './ride-file.ts'

/**
 * Reads a GPX file without keeping the page from answering.
 *
 * @throws when the file cannot be read, or `signal` is aborted
 */
export async function readRide(file: File, signal: AbortSignal): Promise<RideInFile> {
  const text = await file.text()
  signal.throwIfAborted()
  const worker = new Worker(new URL('./ride-worker.ts', import.meta.url), { type: 'module' })
  try {
    return await new Promise<RideInFile>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error))
      worker.addEventListener('message', ({ data }: MessageEvent<RideInFile>) => resolve(data))
      worker.addEventListener('error', (event) => reject(new Error(event.message)))
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
      worker.postMessage(text)
    })
  } finally {
    worker.terminate()
  }
}
