import { z } from 'zod'
import * as s from './schemas.ts'

/** Where the window's page asks the shell around it. These addresses exist only on a server that the desktop app started. */
export const desktopPaths = {
  /** POST a `desktopNotification`; 204. */
  notifications: '/api/desktop/notifications',
  /** PUT a `desktopState`; 204. */
  state: '/api/desktop/state',
  /** PUT a `desktopMenu`; 204. */
  menu: '/api/desktop/menu',
  /** GET a `desktopAbout`. */
  about: '/api/desktop/about',
  /** GET: a file to send to whoever helps, as a download. */
  diagnostics: '/api/desktop/diagnostics',
} as const

/** A place in the web app, as it stands behind `#`. */
const pagePath = s
  .text(500)
  .regex(/^\/[^\\\s]*$/, 'must be the path of a page, like /issues?open=3')
  .refine((path) => !path.startsWith('//'), 'must be the path of a page, not another host')

/** Shown by the system; whoever clicks it is brought to `path`. */
export const desktopNotification = z
  .strictObject({ title: s.text(120), body: s.text(500), path: pagePath })
  .meta({ id: 'DesktopNotification' })
export type DesktopNotification = z.infer<typeof desktopNotification>

/** How the fleet is, in one line of the user's language: for the tray. */
export const desktopState = z
  .strictObject({ text: s.text(200), urgent: z.boolean() })
  .meta({ id: 'DesktopState' })
export type DesktopState = z.infer<typeof desktopState>

const text = s.text(80)
const key = z
  .string()
  .regex(/^((CmdOrCtrl|Alt|Shift)\+)*([A-Z0-9=-]|F[0-9]{1,2})$/, 'must be a key, like CmdOrCtrl+Shift+M')
  .exactOptional()

/**
 * The menu of the program's windows, in the user's language. What is chosen leads to a page (`go`), opens it in a window of
 * its own (`window`), is done by the program (`do`), or is told to the page (`tell`) by an event `fleet-desktop` on `window`
 * whose `detail.name` is this name.
 */
export const desktopMenu = z
  .array(
    z.strictObject({
      text,
      items: z
        .array(
          z.discriminatedUnion('kind', [
            z.strictObject({ kind: z.literal('separator') }),
            z.strictObject({ kind: z.enum(['go', 'window']), text, key, path: pagePath }),
            z.strictObject({
              kind: z.literal('do'),
              text,
              key,
              does: z.enum([
                'print',
                'zoom-in',
                'zoom-out',
                'zoom-reset',
                'full-screen',
                'cut',
                'copy',
                'paste',
                'select-all',
                'close-window',
                'quit',
              ]),
            }),
            z.strictObject({
              kind: z.literal('tell'),
              text,
              key,
              name: z.string().regex(/^[a-z-]{1,40}$/, 'must be the name of an event'),
            }),
          ]),
        )
        .max(40),
    }),
  )
  .max(10)
  .meta({ id: 'DesktopMenu' })
export type DesktopMenu = z.infer<typeof desktopMenu>

/** Versions of all that the program is made of. */
export const desktopAbout = z
  .object({
    program: z.string(),
    /** How the program was built: `postgres` never uses a file on this computer. */
    build: z.enum(['sqlite', 'postgres']),
    tauri: z.string(),
    webView: z.string(),
    node: z.string(),
    /** Like `SQLite 3.50.1` or `PostgreSQL 17.2`. */
    database: z.string(),
    /** Where the program writes what happens. */
    logFile: z.string().nullable(),
  })
  .meta({ id: 'DesktopAbout' })
export type DesktopAbout = z.infer<typeof desktopAbout>
