import type { Device } from '@fleet/domain'
import { Button, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay } from '../app/session.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { InlineField } from '../fields/inline-field.tsx'
import { pendingChange } from '../live/pending-changes.ts'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import { RecordSelect } from '../list-page/record-select.tsx'
import { choiceOf, mountChoices, mountName, mountOf } from './mount-choices.ts'
import styles from './people-page.module.css'
import { SetupSheet } from './setup-sheet.tsx'

interface TrackerDrawerProps {
  readonly device: Device
  readonly registry: Registry
  readonly takeFocus: boolean
  readonly secret: string | null
  readonly onSecret: (secret: string) => void
  readonly onClose: () => void
}

/** One tracker: its name, what it is on, and what a phone needs to be it. */
export function TrackerDrawer({
  device,
  registry,
  takeFocus,
  secret,
  onSecret,
  onClose,
}: TrackerDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const mayChange = useMay('updateDevice')
  const change = (patch: Partial<Pick<Device, 'name' | 'mount'>>, done: string) =>
    void run({
      route: 'updateDevice',
      input: {
        params: { id: device.id },
        ifMatch: device.version,
        body: patch,
      },
      done,
      subject: device.name,
      expected: [pendingChange('device', device.id, (row = device) => ({ ...row, ...patch }))],
      answered: (row) => [['device', row]],
    })
  const rotate = async () => {
    const outcome = await run({
      route: 'rotateDevice',
      input: { params: { id: device.id }, ifMatch: device.version },
      done: t('tracker.done.rotate', { name: device.name }),
      subject: device.name,
      undoable: false,
      pageOnly: true,
      answered: (answer) => [['device', answer.device]],
    })
    if (outcome.ok) onSecret(outcome.value.secret)
  }
  const remove = async () => {
    const outcome = await run({
      route: 'removeDevice',
      input: { params: { id: device.id }, ifMatch: device.version },
      done: t('tracker.done.remove', { name: device.name }),
      subject: device.name,
      undoable: false,
    })
    if (outcome.ok) onClose()
  }
  return (
    <DetailDrawer
      label={t('tracker.label', { name: device.name })}
      title={device.name}
      takeFocus={takeFocus}
      subtitle={<span>{mountName(device.mount, registry)}</span>}
      actions={
        mayChange && (
          <Menu position="bottom-end" shadow="md" withinPortal>
            <Menu.Target>
              <Button size="xs" variant="default" px={8} aria-label={t('tracker.more')}>
                <IconDots size={16} aria-hidden />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => void rotate()}>{t('tracker.rotate')}</Menu.Item>
              <Menu.Item onClick={() => void remove()}>{t('tracker.remove')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )
      }
      onClose={onClose}
    >
      <DetailSection title={t('tracker.what')}>
        <div className={styles.edit}>
          <dl className={list.fields}>
            <dt>{t('tracker.column.name')}</dt>
            <dd>
              <InlineField
                label={t('tracker.column.name')}
                value={device.name}
                readOnly={!mayChange}
                maxLength={120}
                check={(text) => (text === '' ? t('courier.fault.name') : null)}
                onSave={(name) => change({ name }, t('tracker.done.rename', { name }))}
              />
            </dd>
          </dl>
          <RecordSelect
            label={t('tracker.column.mount')}
            value={choiceOf(device.mount)}
            data={mountChoices(registry)}
            disabled={!mayChange}
            clearable={false}
            onChange={(choice) => {
              if (choice === null || choice === choiceOf(device.mount)) return
              const mount = mountOf(choice)
              change(
                { mount },
                t('tracker.done.mount', { name: device.name, mount: mountName(mount, registry) }),
              )
            }}
          />
        </div>
      </DetailSection>
      {mayChange && <SetupSheet device={device} secret={secret} />}
    </DetailDrawer>
  )
}
