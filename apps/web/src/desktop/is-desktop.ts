declare global {
  interface Window {
    /** Set by the desktop app before any script of the page runs. */
    readonly fleetDesktop?: { readonly version: string }
  }
}

/** Whether this page is a window of the desktop app. */
export const isDesktop = (): boolean => window.fleetDesktop !== undefined
