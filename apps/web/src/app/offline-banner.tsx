import { UnstyledButton } from '@mantine/core'
import { IconCloudOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { useConnection, useLive, useServerNow } from '../live/live-hooks.ts'
import { steadyNow } from './services.ts'
import styles from './offline-banner.module.css'

/** Lies over the page, so that nothing shifts when the network comes and goes. */
export function OfflineBanner() {
  const { state } = useConnection()
  return state === 'offline' ? <Banner /> : null
}

function Banner() {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useLive()
  const { retryAtMs } = useConnection()
  useServerNow(1_000)
  const waitS = retryAtMs === null ? 0 : Math.ceil((retryAtMs - steadyNow()) / 1000)
  return (
    <div className={styles.banner}>
      <IconCloudOff size={16} stroke={2} aria-hidden />
      <strong>
        {live.heardAtMs > 0
          ? t('connection.offlineBanner', {
              time: format.timeWithSeconds(live.heardAtMs + live.clock.offsetMs),
            })
          : t('connection.offlineNever')}
      </strong>
      <span className={styles.retry}>
        {waitS > 0 ? t('connection.retryIn', { seconds: format.number(waitS) }) : t('connection.retrying')}
      </span>
      <UnstyledButton className={styles.button} onClick={live.retryNow}>
        {t('connection.retryNow')}
      </UnstyledButton>
    </div>
  )
}
