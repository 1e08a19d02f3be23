import { type DesktopMenu, type RouteName, routes } from '@fleet/api'
import type { Role } from '@fleet/domain'
import type { TFunction } from 'i18next'
import { pages } from '../app/pages.ts'

/** What the menu tells the page, which then does it. */
export type MenuEvent =
  | 'import-deliveries'
  | 'import-rides'
  | 'save-diagnostics'
  | 'undo'
  | 'redo'
  | 'shortcuts'
  | 'about'

type Item = DesktopMenu[number]['items'][number]

const separator: Item = { kind: 'separator' }
const tell = (name: MenuEvent, text: string): Item => ({ kind: 'tell', text, name })

/** The menu of the desktop app for somebody with this role. Keys that the page has itself are not taken from it. */
export function createDesktopMenu(t: TFunction, role: Role): DesktopMenu {
  const may = (route: RouteName) => (routes[route].roles as readonly Role[]).includes(role)
  const mayImport = [
    ...(may('bulk') ? [tell('import-deliveries', t('desktop.menu.importDeliveries'))] : []),
    ...(may('importRecording') ? [tell('import-rides', t('desktop.menu.importRides'))] : []),
  ]
  return [
    {
      text: t('desktop.menu.file'),
      items: [
        ...(may('createDelivery')
          ? [
              {
                kind: 'go' as const,
                text: t('delivery.create'),
                key: 'CmdOrCtrl+N',
                path: '/deliveries?new=1',
              },
            ]
          : []),
        ...(mayImport.length > 0 ? [separator, ...mayImport] : []),
        separator,
        ...(role === 'admin' ? [tell('save-diagnostics', t('desktop.menu.saveDiagnostics'))] : []),
        { kind: 'do', text: t('desktop.menu.print'), key: 'CmdOrCtrl+P', does: 'print' },
        separator,
        { kind: 'do', text: t('desktop.menu.closeWindow'), key: 'CmdOrCtrl+W', does: 'close-window' },
        { kind: 'do', text: t('desktop.menu.quit'), key: 'CmdOrCtrl+Q', does: 'quit' },
      ],
    },
    {
      text: t('desktop.menu.edit'),
      // Without keys: the page and its text fields have them.
      items: [
        tell('undo', t('desktop.menu.undo')),
        tell('redo', t('desktop.menu.redo')),
        separator,
        { kind: 'do', text: t('desktop.menu.cut'), does: 'cut' },
        { kind: 'do', text: t('desktop.menu.copy'), does: 'copy' },
        { kind: 'do', text: t('desktop.menu.paste'), does: 'paste' },
        { kind: 'do', text: t('desktop.menu.selectAll'), does: 'select-all' },
      ],
    },
    {
      text: t('desktop.menu.view'),
      items: [
        ...pages
          .filter(({ roles }) => roles.includes(role))
          .map(({ label, path }, at): Item => ({
            kind: 'go',
            text: t(label),
            key: `CmdOrCtrl+${at + 1}`,
            path,
          })),
        separator,
        { kind: 'window', text: t('desktop.mapWindow'), key: 'CmdOrCtrl+Shift+M', path: '/map' },
        separator,
        { kind: 'do', text: t('desktop.menu.zoomIn'), key: 'CmdOrCtrl+=', does: 'zoom-in' },
        { kind: 'do', text: t('desktop.menu.zoomOut'), key: 'CmdOrCtrl+-', does: 'zoom-out' },
        { kind: 'do', text: t('desktop.menu.zoomReset'), key: 'CmdOrCtrl+0', does: 'zoom-reset' },
        { kind: 'do', text: t('desktop.menu.fullScreen'), key: 'F11', does: 'full-screen' },
      ],
    },
    {
      text: t('desktop.menu.help'),
      items: [tell('shortcuts', t('menu.shortcuts')), tell('about', t('desktop.about.open'))],
    },
  ]
}
