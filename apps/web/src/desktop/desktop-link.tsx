import { desktopPaths } from '@fleet/api'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { isTyping } from '../app/shortcuts.ts'
import { useServices } from '../app/services.ts'
import { useRole } from '../app/session.ts'
import { useOpenImport } from '../file-import/file-import-context.ts'
import { desktop } from './desktop-calls.ts'
import { createDesktopMenu, type MenuEvent } from './desktop-menu.ts'
import { FleetNews } from './fleet-news.tsx'
import { isDesktop } from './is-desktop.ts'

interface DesktopLinkProps {
  readonly onAbout: () => void
  readonly onShortcuts: () => void
}

/** What the computer around the page learns of the fleet, and the menu. Draws nothing. */
export function DesktopLink(props: DesktopLinkProps) {
  useDesktopMenu(props)
  useDownloads()
  return <FleetNews />
}

/** The menu in this person's language, and what is chosen in it. */
function useDesktopMenu({ onAbout, onShortcuts }: DesktopLinkProps): void {
  const { t } = useTranslation()
  const role = useRole()
  const openImport = useOpenImport()
  const { actions } = useServices()
  useEffect(() => {
    if (isDesktop() && role !== undefined) desktop.showMenu(createDesktopMenu(t, role)).catch(() => undefined)
  }, [t, role])
  useEffect(() => {
    if (!isDesktop()) return undefined
    const does: Readonly<Record<MenuEvent, () => unknown>> = {
      'import-deliveries': () => openImport('deliveries'),
      'import-rides': () => openImport('rides'),
      'save-diagnostics': saveDiagnostics,
      undo: () => (isTyping(document.activeElement) ? document.execCommand('undo') : actions.undo()),
      redo: () => (isTyping(document.activeElement) ? document.execCommand('redo') : actions.redo()),
      shortcuts: onShortcuts,
      about: onAbout,
    }
    const listen = (event: Event) => {
      const { name } = (event as CustomEvent<{ name: string }>).detail
      if (Object.hasOwn(does, name)) does[name as MenuEvent]()
    }
    addEventListener('fleet-desktop', listen)
    return () => removeEventListener('fleet-desktop', listen)
  }, [openImport, actions, onAbout, onShortcuts])
}

function saveDiagnostics(): void {
  const link = document.createElement('a')
  link.href = desktopPaths.diagnostics
  link.download = ''
  link.click()
}

/** What the program tells of a file that this page had saved. */
interface Download {
  readonly file: string | null
  readonly isWhole: boolean
}

/** Says which file was saved, and where. */
function useDownloads(): void {
  const { t } = useTranslation()
  const { toasts } = useServices()
  useEffect(() => {
    if (!isDesktop()) return undefined
    const listen = (event: Event) => {
      const { name, about } = (event as CustomEvent<{ name: string; about: Download | null }>).detail
      if (name !== 'download' || !about) return
      const { file, isWhole } = about
      const fileName = file?.split(/[\\/]/).at(-1) ?? t('desktop.download.file')
      toasts.show({
        tone: isWhole ? 'done' : 'failed',
        text: t(`desktop.download.${isWhole ? 'saved' : 'failed'}`, { name: fileName }),
        ...(file === null ? {} : { detail: file }),
      })
    }
    addEventListener('fleet-desktop', listen)
    return () => removeEventListener('fleet-desktop', listen)
  }, [t, toasts])
}
