import type { DesktopMenu, DesktopNotification, DesktopState } from '@fleet/api'

/**
 * The native program around this server, when the desktop app started it: windows, menu, tray, notifications, the
 * system's keyring. It does what it is told and knows nothing of bikes; `apps/fleet/src/serve/launch.ts` is the channel.
 */
export interface DesktopShell {
  /** How the program was built: 'postgres' never uses a file on this computer. */
  readonly build: 'sqlite' | 'postgres'
  readonly versions: { readonly program: string; readonly tauri: string; readonly webView: string }
  /** Where what this server logs is kept. */
  readonly logFile: string | null
  /**
   * What the system's keyring holds for this app; null when that is nothing or there is no keyring. The system may ask
   * the person to unlock it, so ask only when it is needed.
   */
  readPassword(): Promise<string | null>
  /**
   * The password with the servers that it is for (`bound-password.ts`); null forgets it. Resolves to false when this
   * computer has no keyring that can be used.
   */
  keepPassword(password: string | null): Promise<boolean>
  /** `path` is where a click on it leads, like `/issues?i=…`: what follows `#` in the address. */
  notify(notification: DesktopNotification): void
  /** The tray: its first line and tooltip, and whether something is urgent. */
  showState(state: DesktopState): void
  /** The menu of all windows, whole, in the user's language. */
  showMenu(menu: DesktopMenu): void
}
