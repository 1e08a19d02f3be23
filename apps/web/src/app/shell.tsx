import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConnectionBadge } from './connection-badge.tsx'
import { OfflineBanner } from './offline-banner.tsx'
import { pages } from './pages.ts'
import { type Session, sessionKey, useServices } from './services.ts'
import { useConnection } from '../live/live-hooks.ts'
import { SettingsMenu } from './settings-menu.tsx'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import { useShortcuts } from './shortcuts.ts'
import styles from './shell.module.css'

/** Header with navigation and connection state, and the page below it. Owns the live connection. */
export function Shell() {
  const { t } = useTranslation()
  const { live, api, queries } = useServices()
  const { state } = useConnection()
  const router = useRouter()
  const [sheetOpen, setSheetOpen] = useState(false)
  const { data: session } = useQuery<Session | null>({
    queryKey: sessionKey,
    queryFn: () => api.call('getSession', {}),
    staleTime: Number.POSITIVE_INFINITY,
  })

  useEffect(() => {
    live.start()
    const wake = () => document.visibilityState === 'visible' && live.retryNow()
    addEventListener('online', live.retryNow)
    document.addEventListener('visibilitychange', wake)
    return () => {
      removeEventListener('online', live.retryNow)
      document.removeEventListener('visibilitychange', wake)
      live.stop()
    }
  }, [live])

  const ended = session === null || (state === 'signed-out' && live.registry.logId !== null)
  useEffect(() => {
    if (!ended) return
    queries.setQueryData(sessionKey, null)
    // Read once, not subscribed to: on the way out the address is already that of the sign-in page.
    const { href, pathname } = router.latestLocation
    if (pathname === '/sign-in') return
    void router.navigate({ to: '/sign-in', search: href === '/' ? {} : { to: href } })
  }, [ended, queries, router])

  useShortcuts({ '?': () => setSheetOpen(true) })

  const role = session?.user.role
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#fleet-list" onClick={skipToList}>
        {t('app.skipToList')}
      </a>
      <header className={styles.header}>
        <span className={styles.mark}>
          <img src="/icon.svg" alt="" width={24} height={24} />
          <span className={styles.name}>{t('app.name')}</span>
        </span>
        <nav className={styles.nav} aria-label={t('nav.label')}>
          {pages
            .filter((page) => role === undefined || page.roles.includes(role))
            .map(({ path, label, icon: PageIcon }) => (
              <Link key={path} to={path} className={styles.tab} activeOptions={{ includeSearch: false }}>
                <PageIcon size={16} stroke={1.75} aria-hidden />
                {t(label)}
              </Link>
            ))}
        </nav>
        <div className={styles.end}>
          <ConnectionBadge />
          <SettingsMenu user={session?.user ?? null} onShortcuts={() => setSheetOpen(true)} />
        </div>
      </header>
      <div className={styles.page}>
        <OfflineBanner />
        <Outlet />
      </div>
      <ShortcutSheet opened={sheetOpen} onClose={() => setSheetOpen(false)} />
    </div>
  )
}

/** The hash belongs to the router, so the link moves the focus itself. */
function skipToList(event: { preventDefault(): void }) {
  event.preventDefault()
  document.getElementById('fleet-list')?.focus()
}
