import { ActionIcon, Menu, SegmentedControl, useMantineColorScheme } from '@mantine/core'
import type { User } from '@fleet/domain'
import { IconKeyboard, IconLogout, IconSettings } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, currentLanguage, languageNames, languages } from '../i18n/language.ts'
import { sessionKey, useServices } from './services.ts'
import styles from './settings-menu.module.css'

export function SettingsMenu({ user, onShortcuts }: { user: User | null; onShortcuts: () => void }) {
  const { t } = useTranslation()
  const { api, queries } = useServices()
  const navigate = useNavigate()
  const signOut = async () => {
    // First away from the page, so that its session's end is not taken for one that came unasked.
    await navigate({ to: '/sign-in', search: {} })
    // Out of reach or not: on this screen the person is gone. The cookie ends with the server's own deadline.
    await api.call('signOut', {}).catch(() => undefined)
    queries.clear()
    queries.setQueryData(sessionKey, null)
  }
  return (
    <Menu position="bottom-end" width={264} shadow="md" trapFocus>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('menu.account')}>
          <IconSettings size={18} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {user !== null && (
          <div className={styles.who}>
            <strong>{user.name}</strong>
            <span>{t(`roles.${user.role}`)}</span>
          </div>
        )}
        <Preferences />
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onShortcuts}>
          {t('menu.shortcuts')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('menu.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Language and appearance, kept on this machine. Also on the sign-in page. */
export function Preferences() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <div className={styles.preferences}>
      <span id="language-label">{t('menu.language')}</span>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby="language-label"
        value={currentLanguage()}
        onChange={(language) => void chooseLanguage(language)}
        data={languages.map((language) => ({
          value: language,
          label: <span lang={language}>{languageNames[language]}</span>,
        }))}
      />
      <span id="theme-label">{t('menu.theme')}</span>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby="theme-label"
        value={colorScheme}
        onChange={setColorScheme}
        data={[
          { value: 'auto', label: t('menu.themeAuto') },
          { value: 'light', label: t('menu.themeLight') },
          { value: 'dark', label: t('menu.themeDark') },
        ]}
      />
    </div>
  )
}
