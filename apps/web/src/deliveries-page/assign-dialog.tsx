import type { Courier, Delivery } from '@fleet/domain'
import { Modal, TextInput } from '@mantine/core'
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'
import { useLive, useRegistry } from '../live/live-hooks.ts'
import { type CourierChoice, courierChoices } from './courier-choices.ts'
import styles from './assign-dialog.module.css'

interface AssignDialogProps {
  readonly deliveries: readonly Delivery[]
  readonly onChoose: (courier: Courier) => void
  readonly onClose: () => void
}

/** Who gets it: type some of a name, arrows, Enter. The best choice is at the top from the start. */
export function AssignDialog({ deliveries, onChoose, onClose }: AssignDialogProps) {
  const { t } = useTranslation()
  const { markers } = useLive()
  const registry = useRegistry(1_000)
  const id = useId()
  const [search, setSearch] = useState('')
  const [activeIndex, setActiveIndex] = useState(0)
  const choices = useMemo(
    () => courierChoices(registry, markers, deliveries, search),
    [registry, markers, deliveries, search],
  )
  const active = choices[Math.min(activeIndex, choices.length - 1)]
  const activeDomId = active === undefined ? undefined : `${id}-${active.courier.no}`
  useEffect(() => {
    if (activeDomId !== undefined) document.getElementById(activeDomId)?.scrollIntoView({ block: 'nearest' })
  }, [activeDomId])
  const onKeyDown = (event: KeyboardEvent) => {
    const last = choices.length - 1
    if (event.key === 'ArrowDown') setActiveIndex((index) => Math.min(last, index + 1))
    else if (event.key === 'ArrowUp') setActiveIndex((index) => Math.max(0, index - 1))
    else if (event.key === 'Enter' && active !== undefined) onChoose(active.courier)
    else return
    event.preventDefault()
  }
  const subject =
    deliveries.length === 1 ? deliveries[0]!.code : t('delivery.count', { count: deliveries.length })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('assign.title', { subject })}
      size={440}
      yOffset="10vh"
      closeButtonProps={{ 'aria-label': t('drawer.close') }}
      transitionProps={{ duration: 80 }}
    >
      <TextInput
        data-autofocus
        role="combobox"
        aria-label={t('assign.search')}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={activeDomId}
        autoComplete="off"
        placeholder={t('assign.search')}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value)
          setActiveIndex(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label={t('assign.couriers')} className={styles.list}>
        {choices.map((choice) => (
          <Option
            key={choice.courier.id}
            domId={`${id}-${choice.courier.no}`}
            choice={choice}
            active={choice === active}
            onChoose={onChoose}
          />
        ))}
      </div>
      {choices.length === 0 && <p className={styles.none}>{t('assign.nobody')}</p>}
    </Modal>
  )
}

interface OptionProps {
  readonly domId: string
  readonly choice: CourierChoice
  readonly active: boolean
  readonly onChoose: (courier: Courier) => void
}

function Option({ domId, choice, active, onChoose }: OptionProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { courier, load, distanceM } = choice
  return (
    <div
      id={domId}
      role="option"
      aria-selected={active}
      className={styles.option}
      onClick={() => onChoose(courier)}
    >
      <strong>{courier.name}</strong>
      <span>
        {courier.shift === 'break' && `${t('shift.break')} · `}
        {t('assign.load', { count: load })}
      </span>
      <span className={styles.distance}>
        {distanceM === null
          ? t('assign.whereUnknown')
          : t('assign.away', { distance: format.distanceKm(distanceM) })}
      </span>
    </div>
  )
}
