import { desktopPaths } from '@fleet/api'
import { Button, Modal } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useRole } from '../app/session.ts'
import { desktop } from './desktop-calls.ts'
import { isDesktop } from './is-desktop.ts'
import styles from './about-dialog.module.css'

/** What this program is made of. */
export default function AboutDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const isAdmin = useRole() === 'admin'
  const { data, isError } = useQuery({ queryKey: ['about'], queryFn: readVersions, gcTime: 0 })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('desktop.about.open')}
      closeButtonProps={{ 'aria-label': t('drawer.close') }}
      transitionProps={{ duration: 80 }}
    >
      <div className={styles.about}>
        <img src="/icon.svg" alt="" width={48} height={48} />
        <div>
          <strong className={styles.name}>{t('app.name')}</strong>
          <p>{t('signIn.subtitle')}</p>
        </div>
      </div>
      {isError && <p role="alert">{t('desktop.about.failed')}</p>}
      <dl className={styles.versions}>
        {data?.map(([name, version]) => (
          <div key={name}>
            <dt>{t(`desktop.about.${name}`)}</dt>
            <dd>{version}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.licence}>{t('desktop.about.licence')}</p>
      {isDesktop() && isAdmin && (
        <Button
          component="a"
          href={desktopPaths.diagnostics}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t('desktop.about.diagnostics')}
        </Button>
      )}
    </Modal>
  )
}

type VersionName = 'program' | 'build' | 'tauri' | 'webView' | 'node' | 'database' | 'logFile'

/** Of the program around this page, or of the server that it came from. */
async function readVersions(): Promise<readonly (readonly [name: VersionName, version: string])[]> {
  if (!isDesktop()) {
    const response = await fetch('/api/openapi.json')
    if (!response.ok) throw new Error(`GET /api/openapi.json: ${response.status}`)
    const { info } = (await response.json()) as { readonly info: { readonly version: string } }
    return [['program', info.version]]
  }
  const { build, logFile, ...versions } = await desktop.about()
  const names = ['program', 'database', 'node', 'webView', 'tauri'] as const
  return [
    ...names.map((name) => [name, versions[name]] as const),
    ['build', build],
    ...(logFile === null ? [] : [['logFile', logFile] as const]),
  ]
}
