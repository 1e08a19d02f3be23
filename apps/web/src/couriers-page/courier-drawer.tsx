import type { Courier } from '@fleet/domain'
import { Button, Menu } from '@mantine/core'
import { IconDots, IconPhone, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay } from '../app/session.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { InlineField } from '../fields/inline-field.tsx'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import {
  editCourierAction,
  nextShiftStep,
  possibleShiftSteps,
  removeCourierAction,
  stepShiftAction,
} from './courier-actions.ts'
import { CourierBike } from './courier-bike.tsx'
import styles from './courier-drawer.module.css'
import { CourierDay } from './courier-day.tsx'
import { ShiftMark } from './shift-mark.tsx'

interface CourierDrawerProps {
  readonly courier: Courier
  readonly registry: Registry
  readonly takeFocus: boolean
  readonly onClose: () => void
}

/** Everything about one courier. */
export function CourierDrawer({ courier, registry, takeFocus, onClose }: CourierDrawerProps) {
  const { t } = useTranslation()
  return (
    <DetailDrawer
      label={t('courier.label', { name: courier.name })}
      title={courier.name}
      takeFocus={takeFocus}
      subtitle={<ShiftMark shift={courier.shift} />}
      actions={<Steps courier={courier} onRemoved={onClose} />}
      onClose={onClose}
    >
      <ContactSection courier={courier} />
      <CourierBike courier={courier} bikes={registry.bikes} />
      <CourierDay courier={courier} />
      <OpenIssues courier={courier} issues={registry.issues} />
    </DetailDrawer>
  )
}

function Steps({ courier, onRemoved }: { courier: Courier; onRemoved: () => void }) {
  const { t } = useTranslation()
  const run = useAction()
  const mayStep = useMay('stepShift')
  const mayRemove = useMay('removeCourier')
  const next = nextShiftStep[courier.shift]
  const others = mayStep ? possibleShiftSteps(courier).filter((event) => event !== next) : []
  const remove = async () => {
    if ((await run(removeCourierAction(t, courier))).ok) onRemoved()
  }
  return (
    <>
      {mayStep && (
        <Button size="xs" onClick={() => void run(stepShiftAction(t, courier, next))}>
          {t(`courier.step.${next}`)}
        </Button>
      )}
      {(others.length > 0 || mayRemove) && (
        <Menu position="bottom-end" shadow="md" withinPortal>
          <Menu.Target>
            <Button size="xs" variant="default" px={8} aria-label={t('courier.more')}>
              <IconDots size={16} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((event) => (
              <Menu.Item key={event} onClick={() => void run(stepShiftAction(t, courier, event))}>
                {t(`courier.step.${event}`)}
              </Menu.Item>
            ))}
            {mayRemove && (
              <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void remove()}>
                {t('courier.remove')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}

function ContactSection({ courier }: { courier: Courier }) {
  const { t } = useTranslation()
  const run = useAction()
  const readOnly = !useMay('updateCourier')
  return (
    <DetailSection title={t('courier.contact')}>
      <dl className={list.fields}>
        <dt>{t('courier.name')}</dt>
        <dd>
          <InlineField
            label={t('courier.name')}
            value={courier.name}
            readOnly={readOnly}
            maxLength={120}
            check={(text) => (text === '' ? t('courier.fault.name') : null)}
            onSave={(name) => void run(editCourierAction(t, courier, { name }, t('courier.what.name')))}
          />
        </dd>
        <dt>{t('courier.phone')}</dt>
        <dd className={styles.phone}>
          <InlineField
            label={t('courier.phone')}
            value={courier.phone}
            readOnly={readOnly}
            maxLength={40}
            onSave={(phone) => void run(editCourierAction(t, courier, { phone }, t('courier.what.phone')))}
          />
          {courier.phone !== '' && (
            <Button
              component="a"
              href={`tel:${courier.phone.replace(/[^\d+]/g, '')}`}
              size="compact-xs"
              variant="default"
              leftSection={<IconPhone size={14} aria-hidden />}
              aria-label={t('detail.call', { name: courier.name, phone: courier.phone })}
            >
              {t('courier.call')}
            </Button>
          )}
        </dd>
      </dl>
    </DetailSection>
  )
}

function OpenIssues({ courier, issues }: { courier: Courier; issues: Registry['issues'] }) {
  const { t } = useTranslation()
  const open = useMemo(
    () =>
      [...issues.values()].filter(
        ({ courierId, status }) => courierId === courier.id && status !== 'resolved',
      ),
    [issues, courier.id],
  )
  return (
    <DetailSection title={t('courier.issues')}>
      {open.length === 0 && <p className={list.quiet}>{t('detail.noIssues')}</p>}
      <ul className={styles.rows}>
        {open.map((issue) => (
          <li key={issue.id}>
            <Link to="/issues" search={{ i: issue.id }} className={list.link}>
              {t(`issueKind.${issue.kind}`)}
            </Link>
            <p>{issue.description}</p>
          </li>
        ))}
      </ul>
    </DetailSection>
  )
}
