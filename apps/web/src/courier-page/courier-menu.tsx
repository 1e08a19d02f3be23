import type { User } from '@fleet/domain'
import { ActionIcon, Menu } from '@mantine/core'
import { IconLogout, IconSettings } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Preferences } from '../app/settings-menu.tsx'
import settings from '../app/settings-menu.module.css'
import { useSignOut } from '../app/use-sign-out.ts'

/** Language, appearance, and the way out. */
export function CourierMenu({ user, waiting }: { user: User; waiting: number }) {
  const { t } = useTranslation()
  const signOut = useSignOut()
  return (
    <Menu position="bottom-end" width={264} shadow="md" trapFocus>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={44} aria-label={t('menu.account')}>
          <IconSettings size={22} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={settings.who}>
          <strong>{user.name}</strong>
          <span>{t(`roles.${user.role}`)}</span>
        </div>
        <Preferences />
        <Menu.Divider />
        {waiting > 0 && <p className={settings.notice}>{t('me.signOutWaiting', { count: waiting })}</p>}
        <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={() => void signOut()}>
          {t('menu.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
