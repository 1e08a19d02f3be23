import { Alert } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** Variables of the environment count more than what is set in the app, and somebody should know. */
export function SetOutside({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation()
  if (names.length === 0) return null
  return (
    <Alert role="note" color="blue" icon={<IconInfoCircle size={18} aria-hidden />}>
      {t('desktopSettings.setOutside', { names: names.join(', ') })}
    </Alert>
  )
}
