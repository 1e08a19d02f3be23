/**
 * Asks the browser to keep the app itself, so that this page opens without a network, and not to throw away what waits
 * here when room gets short. Browsers do both only for pages that came over https or from this machine.
 */
export function keepShell(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  navigator.serviceWorker.register('/service-worker.js').catch((error: unknown) => console.warn(error))
  void navigator.storage.persist().catch(() => false)
}
