import { type CourierId, type Role, roles, type User } from '@fleet/domain'
import { Button, NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import { RecordSelect } from '../list-page/record-select.tsx'
import { createPassword } from './create-password.ts'
import { courierChoices } from './mount-choices.ts'
import styles from './people-page.module.css'

interface AccountDrawerProps {
  readonly user: User
  readonly couriers: Registry['couriers']
  readonly takeFocus: boolean
  /** Set a moment ago, to be handed over; null else. */
  readonly password: string | null
  readonly onPassword: (password: string) => void
  readonly onClose: () => void
}

/** One account: its role, whose it is, whether it may sign in, and a new password. */
export function AccountDrawer({
  user,
  couriers,
  takeFocus,
  password,
  onPassword,
  onClose,
}: AccountDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const change = (patch: Partial<Pick<User, 'role' | 'disabled' | 'courierId'>>, done: string) =>
    void run({
      route: 'updateUser',
      input: { params: { id: user.id }, ifMatch: user.version, body: patch },
      done,
      subject: user.name,
    })
  const renew = async () => {
    const made = createPassword((count) => crypto.getRandomValues(new Uint8Array(count)))
    const outcome = await run({
      route: 'setPassword',
      input: { params: { id: user.id }, ifMatch: user.version, body: { password: made } },
      done: t('people.done.password', { name: user.name }),
      subject: user.name,
      undoable: false,
      pageOnly: true,
    })
    if (outcome.ok) onPassword(made)
  }
  const toggled = user.disabled ? 'enable' : 'disable'
  return (
    <DetailDrawer
      label={t('people.account', { name: user.name })}
      title={user.name}
      takeFocus={takeFocus}
      subtitle={
        <span>
          {t(`roles.${user.role}`)} · {t(user.disabled ? 'people.disabled' : 'people.enabled')}
        </span>
      }
      actions={
        <Button
          size="xs"
          variant="default"
          onClick={() =>
            change({ disabled: !user.disabled }, t(`people.done.${toggled}`, { name: user.name }))
          }
        >
          {t(`people.${toggled}`)}
        </Button>
      }
      onClose={onClose}
    >
      {password !== null && (
        <div className={styles.sheet} role="status">
          <p>{t('people.passwordOnce', { name: user.name })}</p>
          <p className={styles.secret}>{password}</p>
        </div>
      )}
      <DetailSection title={t('people.access')}>
        <div className={styles.edit}>
          <NativeSelect
            size="xs"
            label={t('people.column.role')}
            value={user.role}
            onChange={(event) => {
              const role = event.currentTarget.value as Role
              change({ role }, t('people.done.role', { name: user.name, role: t(`roles.${role}`) }))
            }}
            data={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
          />
          <RecordSelect
            label={t('people.column.courier')}
            value={user.courierId}
            data={courierChoices(couriers)}
            onChange={(id) =>
              change({ courierId: id as CourierId | null }, t('people.done.courier', { name: user.name }))
            }
          />
        </div>
      </DetailSection>
      <DetailSection title={t('signIn.password')}>
        <Button size="xs" variant="default" onClick={() => void renew()}>
          {t('people.newPassword')}
        </Button>
      </DetailSection>
    </DetailDrawer>
  )
}
