import { ActionIcon, Menu, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core'
import type { User } from '@fleet/domain'
import { IconDeviceLaptop, IconInfoCircle, IconKeyboard, IconLogout, IconSettings } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isDesktop } from '../desktop/is-desktop.ts'
import { keepLook } from '../desktop/settings/settings-calls.ts'
import { canNotify, chooseNotifications, useWantsNotifications } from '../desktop/notification-choice.ts'
import { chooseLanguage, currentLanguage, languageNames, languages } from '../i18n/language.ts'
import { useServices } from './services.ts'
import { useSignOut } from './use-sign-out.ts'
import styles from './settings-menu.module.css'

interface SettingsMenuProps {
  readonly user: User | null
  readonly onShortcuts: () => void
  readonly onAbout: () => void
}

export function SettingsMenu({ user, onShortcuts, onAbout }: SettingsMenuProps) {
  const { t } = useTranslation()
  const signOut = useSignOut()
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
        {canNotify() && <NotificationSwitch />}
        <Menu.Divider />
        {isDesktop() && user?.role === 'admin' && (
          <Menu.Item component={Link} to="/settings" leftSection={<IconDeviceLaptop size={16} aria-hidden />}>
            {t('desktopSettings.title')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onShortcuts}>
          {t('menu.shortcuts')}
        </Menu.Item>
        <Menu.Item leftSection={<IconInfoCircle size={16} aria-hidden />} onClick={onAbout}>
          {t('desktop.about.open')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('menu.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Whether this computer tells what is late or cannot wait. */
function NotificationSwitch() {
  const { t } = useTranslation()
  const { toasts } = useServices()
  const wanted = useWantsNotifications()
  const choose = async (on: boolean) => {
    if (!(await chooseNotifications(on))) toasts.show({ tone: 'failed', text: t('desktop.news.refused') })
  }
  return (
    <div className={styles.preferences}>
      <Switch
        size="xs"
        label={t('desktop.news.switch')}
        checked={wanted}
        onChange={(event) => void choose(event.currentTarget.checked)}
      />
    </div>
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
        onChange={(language) => {
          void chooseLanguage(language)
          keepLook({ language })
        }}
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
        onChange={(theme) => {
          setColorScheme(theme)
          keepLook({ theme })
        }}
        data={[
          { value: 'auto', label: t('menu.themeAuto') },
          { value: 'light', label: t('menu.themeLight') },
          { value: 'dark', label: t('menu.themeDark') },
        ]}
      />
    </div>
  )
}
