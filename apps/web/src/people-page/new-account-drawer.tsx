import { type CourierId, type Role, roles, type User } from '@fleet/domain'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import type { Registry } from '../live/registry.ts'
import list from '../list-page/list-page.module.css'
import { RecordSelect } from '../list-page/record-select.tsx'
import { createPassword } from './create-password.ts'
import { courierChoices } from './mount-choices.ts'

interface NewAccountDrawerProps {
  readonly couriers: Registry['couriers']
  /** The password is nowhere else. */
  readonly onDone: (user: User, password: string) => void
  readonly onClose: () => void
}

/** As the server has it: packages/api/src/schemas.ts. */
const namePattern = /^[a-z0-9][a-z0-9._-]{0,39}$/

/** A name and a role; the password is made here and shown once. */
export function NewAccountDrawer({ couriers, onDone, onClose }: NewAccountDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('dispatcher')
  const [courierId, setCourierId] = useState<string | null>(null)
  const [password] = useState(() => createPassword((count) => crypto.getRandomValues(new Uint8Array(count))))
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const wanted = name.trim().toLowerCase()
  const valid = namePattern.test(wanted)
  const missingCourier = role === 'courier' && courierId === null
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!valid || missingCourier) return
    setBusy(true)
    const outcome = await run({
      route: 'createUser',
      input: {
        body: {
          name: wanted,
          role,
          password,
          courierId: role === 'courier' ? (courierId as CourierId | null) : null,
        },
      },
      done: t('people.done.create', { name: wanted }),
      undoable: false,
      pageOnly: true,
    })
    setBusy(false)
    if (outcome.ok) onDone(outcome.value, password)
  }
  return (
    <DetailDrawer label={t('people.create')} title={t('people.create')} onClose={onClose}>
      <form className={list.form} noValidate autoComplete="off" onSubmit={(event) => void send(event)}>
        <TextInput
          autoFocus
          label={t('people.column.name')}
          autoComplete="off"
          autoCapitalize="none"
          maxLength={40}
          value={name}
          error={asked && !valid ? t('people.fault.name') : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('people.column.role')}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data={roles.map((value) => ({ value, label: t(`roles.${value}`) }))}
        />
        {role === 'courier' && (
          <RecordSelect
            label={t('people.column.courier')}
            value={courierId}
            data={courierChoices(couriers)}
            error={asked && missingCourier ? t('people.fault.courier') : null}
            onChange={setCourierId}
          />
        )}
        <p className={list.quiet}>{t('people.passwordHint')}</p>
        <div className={list.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('form.back')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('people.createSubmit')}
          </Button>
        </div>
      </form>
    </DetailDrawer>
  )
}
