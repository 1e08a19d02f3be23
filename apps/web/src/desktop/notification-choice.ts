import { useSyncExternalStore } from 'react'
import { isDesktop } from './is-desktop.ts'

const storageKey = 'fleet-notifications'
const listeners = new Set<() => void>()
/** For whoever forbids storage: until the page is closed. */
let chosen: boolean | null = readStored()

function readStored(): boolean | null {
  try {
    const stored = localStorage.getItem(storageKey)
    return stored === null ? null : stored === 'on'
  } catch {
    return null
  }
}

/** Whether this computer can show any: browsers do so only for pages that came over https or from this machine. */
export const canNotify = (): boolean => isDesktop() || ('Notification' in window && isSecureContext)

/** Whether this person wants them on this computer: in the desktop app unless they said no, in a browser if they said yes. */
export const wantsNotifications = (): boolean =>
  isDesktop() ? (chosen ?? true) : chosen === true && canNotify() && Notification.permission === 'granted'

/**
 * Turns notifications on or off on this computer. A browser asks the person first.
 *
 * @returns false when the browser does not allow them
 */
export async function chooseNotifications(on: boolean): Promise<boolean> {
  const allowed = !on || isDesktop() || (await Notification.requestPermission()) === 'granted'
  chosen = on && allowed
  try {
    localStorage.setItem(storageKey, chosen ? 'on' : 'off')
  } catch {
    // As said above.
  }
  for (const listener of listeners) listener()
  return allowed
}

export const useWantsNotifications = (): boolean =>
  useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, wantsNotifications)
