import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Preferences } from '../app/settings-menu.tsx'
import styles from './session-frame.module.css'

/** What people see before they are let in. */
export function SessionFrame(props: { title: string; subtitle: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className={styles.frame}>
      <main className={styles.card}>
        <header>
          <img src="/icon.svg" alt="" width={40} height={40} />
          <div>
            <p className={styles.product}>{t('app.name')}</p>
            <p className={styles.subtitle}>{props.subtitle}</p>
          </div>
        </header>
        <h1>{props.title}</h1>
        {props.children}
      </main>
      <footer className={styles.footer}>
        <Preferences />
      </footer>
    </div>
  )
}
