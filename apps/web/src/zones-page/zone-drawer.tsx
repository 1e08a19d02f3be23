import { areaM2, perimeterM, type Zone, type ZoneKind, zoneKinds } from '@fleet/domain'
import { Button, Menu, NativeSelect } from '@mantine/core'
import { IconDots, IconTrash } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay } from '../app/session.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { InlineField } from '../fields/inline-field.tsx'
import { useFormat } from '../i18n/format.ts'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import { areaText } from './area-text.ts'
import { editZoneAction, removeZoneAction } from './zone-actions.ts'
import { ZoneBikes } from './zone-bikes.tsx'
import { ZoneEvents } from './zone-events.tsx'
import { ZoneKindMark } from './zone-kind-mark.tsx'

interface ZoneDrawerProps {
  readonly zone: Zone
  readonly registry: Registry
  /** Numbers of the bikes whose markers are in it. */
  readonly bikeNos: readonly number[]
  readonly takeFocus: boolean
  /** The outline is being changed on the map. */
  readonly changing: boolean
  readonly onChangeOutline: (byKeyboard: boolean) => void
  readonly onClose: () => void
}

/** Everything about one zone: what it is, who is in it, who came and went. */
export function ZoneDrawer({ zone, registry, bikeNos, takeFocus, changing, ...props }: ZoneDrawerProps) {
  const { t } = useTranslation()
  const changeButton = useRef<HTMLButtonElement>(null)
  const wasChanging = useRef(changing)
  useEffect(() => {
    if (wasChanging.current && !changing) changeButton.current?.focus()
    wasChanging.current = changing
  }, [changing])
  const mayUpdate = useMay('updateZone')
  return (
    <DetailDrawer
      label={t('zone.label', { name: zone.name })}
      title={zone.name}
      takeFocus={takeFocus}
      subtitle={<ZoneKindMark kind={zone.kind} />}
      actions={
        mayUpdate && (
          <>
            <Button
              ref={changeButton}
              size="xs"
              disabled={changing}
              // A press of a key is a click of no button of the mouse.
              onClick={(event) => props.onChangeOutline(event.detail === 0)}
            >
              {t('outline.change')}
            </Button>
            <MoreMenu zone={zone} onRemoved={props.onClose} />
          </>
        )
      }
      onClose={props.onClose}
    >
      <ZoneSection zone={zone} readOnly={!mayUpdate} />
      <ZoneBikes bikeNos={bikeNos} registry={registry} />
      <ZoneEvents zoneId={zone.id} registry={registry} />
    </DetailDrawer>
  )
}

function MoreMenu({ zone, onRemoved }: { zone: Zone; onRemoved: () => void }) {
  const { t } = useTranslation()
  const run = useAction()
  const remove = async () => {
    if ((await run(removeZoneAction(t, zone))).ok) onRemoved()
  }
  return (
    <Menu position="bottom-end" shadow="md" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" px={8} aria-label={t('zone.more')}>
          <IconDots size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void remove()}>
          {t('zone.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function ZoneSection({ zone, readOnly }: { zone: Zone; readOnly: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useAction()
  const { polygon } = zone
  return (
    <DetailSection title={t('zone.zone')}>
      <dl className={list.fields}>
        <dt>{t('zone.column.name')}</dt>
        <dd>
          <InlineField
            label={t('zone.column.name')}
            value={zone.name}
            readOnly={readOnly}
            maxLength={120}
            check={(text) => (text === '' ? t('zone.fault.name') : null)}
            onSave={(name) => void run(editZoneAction(t, zone, { name }, t('zone.what.name')))}
          />
        </dd>
        <dt>{t('zone.column.kind')}</dt>
        <dd>
          <NativeSelect
            size="xs"
            aria-label={t('zone.column.kind')}
            disabled={readOnly}
            value={zone.kind}
            onChange={(event) => {
              const kind = event.currentTarget.value as ZoneKind
              void run(editZoneAction(t, zone, { kind }, t('zone.what.kind')))
            }}
            data={zoneKinds.map((kind) => ({ value: kind, label: t(`zoneKind.${kind}`) }))}
          />
        </dd>
        <dt>{t('zone.size')}</dt>
        <dd className={list.figure}>
          {t('zone.sizeOf', {
            area: areaText(t, format, areaM2(polygon)),
            border: format.distanceKm(perimeterM(polygon)),
          })}
          {' · '}
          <span className={list.mark}>
            {t('zone.corners', { count: polygon.length, formatted: format.number(polygon.length) })}
          </span>
        </dd>
      </dl>
    </DetailSection>
  )
}
