import {
  desktopAbout,
  type DesktopAbout,
  type DesktopMenu,
  type DesktopNotification,
  desktopPaths,
  type DesktopState,
} from '@fleet/api'

/** The program around the page is on this machine. */
const answerTimeoutMs = 15_000

/** @throws Error when the server has no desktop app around it or cannot be reached */
async function ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Response> {
  const response = await fetch(path, {
    method,
    signal: AbortSignal.timeout(answerTimeoutMs),
    credentials: 'same-origin',
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`)
  return response
}

/** What the page asks of the desktop app around it; each rejects when it could not be asked. */
export const desktop = {
  notify: async (notification: DesktopNotification): Promise<void> => {
    await ask('POST', desktopPaths.notifications, notification)
  },
  showState: (state: DesktopState) => ask('PUT', desktopPaths.state, state),
  showMenu: (menu: DesktopMenu) => ask('PUT', desktopPaths.menu, menu),
  about: async (): Promise<DesktopAbout> =>
    desktopAbout.parse(await (await ask('GET', desktopPaths.about)).json()),
}
