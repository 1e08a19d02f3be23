import type { Shift } from '@fleet/domain'
import { type Icon, IconCoffee, IconHome, IconPlayerPlay } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import list from '../list-page/list-page.module.css'

/** A shape each, so that shifts are told apart without colour. */
const icons: Readonly<Record<Shift, Icon>> = { on: IconPlayerPlay, break: IconCoffee, off: IconHome }

export function ShiftMark({ shift }: { shift: Shift }) {
  const { t } = useTranslation()
  const ShiftIcon = icons[shift]
  return (
    <span className={list.mark}>
      <ShiftIcon size={15} stroke={1.75} aria-hidden />
      {t(`shift.${shift}`)}
    </span>
  )
}
