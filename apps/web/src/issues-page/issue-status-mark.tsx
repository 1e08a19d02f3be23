import type { IssueStatus } from '@fleet/domain'
import { type Icon, IconCircleCheck, IconCircleDashed, IconTool } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import list from '../list-page/list-page.module.css'

/** A shape each, so that statuses are told apart without colour. */
const icons: Readonly<Record<IssueStatus, Icon>> = {
  open: IconCircleDashed,
  in_progress: IconTool,
  resolved: IconCircleCheck,
}

export function IssueStatusMark({ status }: { status: IssueStatus }) {
  const { t } = useTranslation()
  const StatusIcon = icons[status]
  return (
    <span className={list.mark}>
      <StatusIcon size={15} stroke={2} aria-hidden />
      {t(`issueStatus.${status}`)}
    </span>
  )
}
