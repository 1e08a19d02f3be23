import type { Device } from '@fleet/domain'
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DetailSection } from '../drawer/detail-section.tsx'
import { QrCode } from './qr-code.tsx'
import { createTrackerSetup, isThisMachineOnly } from './tracker-setup.ts'
import styles from './people-page.module.css'

interface SetupSheetProps {
  readonly device: Device
  /** Made a moment ago, shown this once; null else. */
  readonly secret: string | null
}

/** What a phone needs to report as this tracker: a code for Traccar Client, or what is typed instead. */
export function SetupSheet({ device, secret }: SetupSheetProps) {
  const { t } = useTranslation()
  const [address, setAddress] = useState(location.origin)
  const valid = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
  const setup = valid ? createTrackerSetup(address, device.trackerId) : null
  return (
    <>
      {secret !== null && (
        <div className={styles.sheet} role="status">
          <p>{t('tracker.secretOnce')}</p>
          <p className={styles.secret}>{secret}</p>
        </div>
      )}
      <DetailSection title={t('tracker.setup')}>
        <div className={styles.edit}>
          <TextInput
            size="xs"
            label={t('tracker.address')}
            value={address}
            error={
              !valid
                ? t('tracker.fault.address')
                : isThisMachineOnly(new URL(address).hostname)
                  ? t('tracker.fault.thisMachine')
                  : null
            }
            onChange={(event) => setAddress(event.currentTarget.value.trim())}
          />
          {setup !== null && (
            <>
              <p>{t('tracker.scan')}</p>
              <QrCode text={setup.link} label={t('tracker.code', { name: device.name })} />
              <TextInput size="xs" readOnly label={t('tracker.serverUrl')} value={setup.serverUrl} />
              <TextInput size="xs" readOnly label={t('tracker.identifier')} value={device.trackerId} />
            </>
          )}
        </div>
      </DetailSection>
    </>
  )
}
