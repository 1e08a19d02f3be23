import { Button, FileButton, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConnectionDraft, DraftFault } from './connection-draft.ts'
import styles from './settings.module.css'

interface ConnectionFieldsProps {
  readonly draft: ConnectionDraft
  readonly onChange: (draft: ConnectionDraft) => void
  /** Null: the one that is kept. */
  readonly password: string | null
  readonly onPassword: (password: string | null) => void
  readonly isPasswordKept: boolean
  /** Shown as faults; empty until somebody has asked for more. */
  readonly faults: ReadonlySet<DraftFault>
}

const longestCertificate = 64_000

/** How to reach the company's servers. */
export function ConnectionFields(props: ConnectionFieldsProps) {
  const { draft, onChange, password, onPassword, isPasswordKept, faults } = props
  const { t } = useTranslation()
  const set = (change: Partial<ConnectionDraft>) => onChange({ ...draft, ...change })
  const field = (name: DraftFault) => ({
    value: draft[name],
    error: faults.has(name) ? t(`desktopSettings.fault.${name}`) : null,
    onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
    autoComplete: 'off',
    spellCheck: false,
  })
  const number = { inputMode: 'numeric' } as const
  return (
    <div className={styles.form}>
      <div className={styles.pair}>
        <TextInput
          label={t('desktopSettings.field.host')}
          placeholder="10.0.0.100"
          autoCapitalize="none"
          {...field('host')}
        />
        <TextInput label={t('desktopSettings.field.port')} {...number} {...field('port')} />
      </div>
      <div className={styles.halves}>
        <TextInput label={t('desktopSettings.field.database')} autoCapitalize="none" {...field('database')} />
        <TextInput label={t('desktopSettings.field.user')} autoCapitalize="none" {...field('user')} />
      </div>
      <PasswordInput
        label={t('desktopSettings.field.password')}
        description={t(isPasswordKept ? 'desktopSettings.passwordKept' : 'desktopSettings.passwordHint')}
        placeholder={isPasswordKept ? '••••••••' : undefined}
        autoComplete="off"
        value={password ?? ''}
        onChange={({ currentTarget: { value } }) => onPassword(value === '' && isPasswordKept ? null : value)}
      />
      <NativeSelect
        label={t('desktopSettings.field.tls')}
        value={draft.tls}
        onChange={({ currentTarget: { value } }) => set({ tls: value as ConnectionDraft['tls'] })}
        data={(['verify-full', 'verify-ca', 'disable'] as const).map((value) => ({
          value,
          label: t(`desktopSettings.tls.${value}`),
        }))}
      />
      {draft.tls !== 'disable' && (
        <Certificate value={draft.rootCertificate} onChange={(rootCertificate) => set({ rootCertificate })} />
      )}
      <details className={styles.more} open={faults.has('readPort') || faults.has('poolSize') || undefined}>
        <summary>{t('desktopSettings.more')}</summary>
        <div>
          <TextInput
            label={t('desktopSettings.field.readPort')}
            description={t('desktopSettings.readPortHint')}
            {...number}
            {...field('readPort')}
          />
          <TextInput
            label={t('desktopSettings.field.poolSize')}
            description={t('desktopSettings.poolSizeHint')}
            {...number}
            {...field('poolSize')}
          />
        </div>
      </details>
    </div>
  )
}

/** The authority that signed the certificate of the servers, read from a file. */
function Certificate({ value, onChange }: { value: string | null; onChange: (pem: string | null) => void }) {
  const { t } = useTranslation()
  const [isWrong, setIsWrong] = useState(false)
  const read = async (file: File | null) => {
    if (file === null) return
    const text = file.size > longestCertificate ? '' : await file.text()
    const isPem = text.includes('-----BEGIN CERTIFICATE-----')
    setIsWrong(!isPem)
    if (isPem) onChange(text)
  }
  return (
    <div>
      <div className={styles.certificate}>
        <FileButton
          accept=".pem,.crt,.cer"
          onChange={(file) => void read(file)}
          inputProps={{ 'aria-label': t('desktopSettings.certificate.choose') }}
        >
          {(button) => (
            <Button variant="default" size="xs" {...button}>
              {t('desktopSettings.certificate.choose')}
            </Button>
          )}
        </FileButton>
        {value !== null && (
          <Button variant="subtle" size="xs" onClick={() => onChange(null)}>
            {t('desktopSettings.certificate.remove')}
          </Button>
        )}
        <span className={styles.quiet}>
          {t(value === null ? 'desktopSettings.certificate.system' : 'desktopSettings.certificate.own')}
        </span>
      </div>
      {isWrong && (
        <p className={styles.text} role="alert">
          {t('desktopSettings.certificate.wrong')}
        </p>
      )}
    </div>
  )
}
