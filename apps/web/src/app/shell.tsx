import { UnstyledButton } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConflictDialog } from '../actions/conflict-dialog.tsx'
import { DesktopLink } from '../desktop/desktop-link.tsx'
import { useStartWatch } from '../desktop/first-start/use-start-watch.ts'
import { FileImports } from '../file-import/file-imports.tsx'
import { CommandPalette } from '../palette/command-palette.tsx'
import { ToastRegion } from '../toasts/toast-region.tsx'
import { AppCommands } from './app-commands.tsx'
import { ConnectionBadge } from './connection-badge.tsx'
import { OutageBanner } from './outage-banner.tsx'
import { pages } from './pages.ts'
import { sessionKey, useServices } from './services.ts'
import { useSession } from './session.ts'
import { useConnection } from '../live/live-hooks.ts'
import { SettingsMenu } from './settings-menu.tsx'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import { modKey } from './shortcuts.ts'
import styles from './shell.module.css'

const AboutDialog = lazy(() => import('../desktop/about-dialog.tsx'))

/** How often a page that is in view looks for what pages that are gone have left. */
const lookEveryMs = 60_000

/** Header with navigation and connection state, and the page below it. Owns the live connection. */
export function Shell() {
  const { t } = useTranslation()
  const { live, queries, actions } = useServices()
  const { state } = useConnection()
  useStartWatch()
  const router = useRouter()
  const [sheetOpen, setSheetOpen] = useState(false)
  const [paletteOpen, setPaletteOpen] = useState(false)
  const openSheet = useCallback(() => setSheetOpen(true), [])
  const [aboutOpen, setAboutOpen] = useState(false)
  const openAbout = useCallback(() => setAboutOpen(true), [])
  const openPalette = useCallback(() => setPaletteOpen(true), [])
  const session = useSession()

  useEffect(() => {
    live.start()
    const look = () => document.visibilityState === 'visible' && actions.sendWhatIsLeft()
    const looking = setInterval(look, lookEveryMs)
    const wake = () => {
      if (document.visibilityState === 'visible') live.retryNow()
      look()
    }
    addEventListener('online', live.retryNow)
    document.addEventListener('visibilitychange', wake)
    return () => {
      clearInterval(looking)
      removeEventListener('online', live.retryNow)
      document.removeEventListener('visibilitychange', wake)
      live.stop()
      actions.stop()
    }
  }, [live, actions])

  const userId = session?.user.id
  useEffect(() => {
    if (userId !== undefined) actions.start(userId)
  }, [actions, userId])

  const ended = session === null || (state === 'signed-out' && live.registry.logId !== null)
  useEffect(() => {
    if (!ended) return
    queries.setQueryData(sessionKey, null)
    // Read once, not subscribed to: on the way out the address is already that of the sign-in page.
    const { href, pathname } = router.latestLocation
    if (pathname === '/sign-in') return
    void router.navigate({ to: '/sign-in', search: href === '/' ? {} : { to: href } })
  }, [ended, queries, router])

  const role = session?.user.role
  const tabs = pages.filter((page) => role === undefined || page.roles.includes(role))
  const { pathname } = useLocation()
  const current = tabs.findIndex(({ path }) => path === pathname)
  const nav = useRef<HTMLElement>(null)
  // On a phone the tabs scroll.
  useEffect(() => {
    nav.current?.children[current]?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main" onClick={skipToContent}>
        {t('app.skipToContent')}
      </a>
      <header className={styles.header}>
        <span className={styles.mark}>
          <img src="/icon.svg" alt="" width={24} height={24} />
          <span className={styles.name}>{t('app.name')}</span>
        </span>
        <nav ref={nav} className={styles.nav} aria-label={t('nav.label')}>
          {tabs.map(({ path, label, icon: PageIcon }) => (
            <Link
              key={path}
              to={path}
              className={styles.tab}
              activeOptions={{ includeSearch: false, exact: path === '/' }}
            >
              <PageIcon size={16} stroke={1.75} aria-hidden />
              {t(label)}
            </Link>
          ))}
        </nav>
        <div className={styles.end}>
          <UnstyledButton className={styles.find} aria-keyshortcuts="Control+K Meta+K" onClick={openPalette}>
            <IconSearch size={16} stroke={1.75} aria-hidden />
            <span className={styles.findWord}>{t('palette.open')}</span>
            <kbd className={styles.findKey} aria-hidden>
              {modKey} K
            </kbd>
          </UnstyledButton>
          <ConnectionBadge />
          <SettingsMenu user={session?.user ?? null} onShortcuts={openSheet} onAbout={openAbout} />
        </div>
      </header>
      <div className={styles.page}>
        <OutageBanner />
        <FileImports>
          <Outlet />
          <DesktopLink onAbout={openAbout} onShortcuts={openSheet} />
        </FileImports>
      </div>
      <AppCommands onPalette={openPalette} onShortcuts={openSheet} onAbout={openAbout} />
      <CommandPalette opened={paletteOpen} onClose={() => setPaletteOpen(false)} />
      <ShortcutSheet opened={sheetOpen} onClose={() => setSheetOpen(false)} />
      {aboutOpen && (
        <Suspense fallback={null}>
          <AboutDialog onClose={() => setAboutOpen(false)} />
        </Suspense>
      )}
      <ConflictDialog />
      <ToastRegion />
    </div>
  )
}

/** To the list of the page, where it has one. The hash belongs to the router, so the link moves the focus itself. */
function skipToContent(event: { preventDefault(): void }) {
  event.preventDefault()
  const content = document.querySelector<HTMLElement>('main [role="listbox"], main [role="grid"]')
  ;(content ?? document.querySelector<HTMLElement>('main'))?.focus()
}
