import { type Bike, bikeCodePattern, bikeKinds } from '@fleet/domain'
import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay } from '../app/session.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { InlineField } from '../fields/inline-field.tsx'
import type { Registry } from '../live/registry.ts'
import { BikeReadings } from '../live-page/bike-readings.tsx'
import { CourierSection, TrackerSection } from '../live-page/bike-sections.tsx'
import { DetailSection } from '../drawer/detail-section.tsx'
import { StatusIcon } from '../live-page/status-icon.tsx'
import list from '../list-page/list-page.module.css'
import { editBikeAction } from './bike-actions.ts'
import { BikeIssues } from './bike-issues.tsx'
import { BikeSteps } from './bike-steps.tsx'
import { DayTrackSection } from './day-track-section.tsx'
import { ServiceBook } from './service-book.tsx'

interface BikeDrawerProps {
  readonly bike: Bike
  readonly registry: Registry
  readonly takeFocus: boolean
  /** The bike has another code now. */
  readonly onCode: (code: string) => void
  readonly onClose: () => void
}

/** Everything that the workshop knows of one bike. */
export function BikeDrawer({ bike, registry, takeFocus, onCode, onClose }: BikeDrawerProps) {
  const { t } = useTranslation()
  return (
    <DetailDrawer
      label={t('detail.label', { code: bike.code })}
      title={bike.code}
      takeFocus={takeFocus}
      subtitle={
        <>
          <span className={list.mark}>
            <StatusIcon status={bike.status} size={14} />
            {t(`bikeStatus.${bike.status}`)}
          </span>
          <span>{t(`bikeKind.${bike.kind}`)}</span>
        </>
      }
      actions={<BikeSteps bike={bike} onRemoved={onClose} />}
      onClose={onClose}
    >
      <BikeReadings bike={bike} />
      <RegistrySection bike={bike} onCode={onCode} />
      <CourierSection bike={bike} registry={registry} />
      <BikeIssues bike={bike} issues={registry.issues} />
      <ServiceBook bike={bike} />
      <DayTrackSection bike={bike} />
      <TrackerSection bike={bike} registry={registry} />
    </DetailDrawer>
  )
}

function RegistrySection({ bike, onCode }: Pick<BikeDrawerProps, 'bike' | 'onCode'>) {
  const { t } = useTranslation()
  const run = useAction()
  const readOnly = !useMay('updateBike')
  const recode = async (code: string) => {
    // The open bike is in the address by its code.
    if ((await run(editBikeAction(t, bike, { code }, t('bike.what.code')))).ok) onCode(code)
  }
  return (
    <DetailSection title={t('bike.registry')}>
      <dl className={list.fields}>
        <dt>{t('bike.column.code')}</dt>
        <dd>
          <InlineField
            label={t('bike.column.code')}
            value={bike.code}
            readOnly={readOnly}
            maxLength={12}
            check={(text) => (bikeCodePattern.test(text.toUpperCase()) ? null : t('bike.fault.code'))}
            onSave={(text) => void recode(text.toUpperCase())}
          />
        </dd>
        <dt>{t('bike.column.kind')}</dt>
        <dd>
          <NativeSelect
            size="xs"
            aria-label={t('bike.column.kind')}
            disabled={readOnly}
            value={bike.kind}
            onChange={(event) => {
              const kind = event.currentTarget.value as Bike['kind']
              void run(editBikeAction(t, bike, { kind }, t('bike.what.kind')))
            }}
            data={bikeKinds.map((kind) => ({ value: kind, label: t(`bikeKind.${kind}`) }))}
          />
        </dd>
        <dt>{t('form.note')}</dt>
        <dd>
          <InlineField
            label={t('form.note')}
            value={bike.note}
            readOnly={readOnly}
            maxLength={2000}
            multiline
            onSave={(note) => void run(editBikeAction(t, bike, { note }, t('bike.what.note')))}
          />
        </dd>
      </dl>
    </DetailSection>
  )
}
