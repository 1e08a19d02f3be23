import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import list from '../list-page/list-page.module.css'
import { replayOf, type ReplaySearch } from './replay-search.ts'

interface ReplayLinkProps {
  readonly fromMs: number
  readonly toMs: number
  /** What it is about: the code of a bike, or the id of a delivery or issue. */
  readonly about: Pick<ReplaySearch, 'bike' | 'of'>
}

/** To the replay of something that lasted from one moment to another. */
export function ReplayLink({ fromMs, toMs, about }: ReplayLinkProps) {
  const { t } = useTranslation()
  return (
    <Link to="/replay" search={replayOf(fromMs, toMs, about)} className={list.link}>
      {t('replay.replayThis')}
    </Link>
  )
}
