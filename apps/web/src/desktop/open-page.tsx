import { ApiError } from '@fleet/api'
import { useQuery } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import { IconLinkOff } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalDetail } from '../actions/refusal.ts'
import { PageFrame } from '../app/page-frame.tsx'
import { useServices } from '../app/services.ts'
import { Nothing, RowSkeletons } from '../list-page/list-states.tsx'
import { findRecordPath, isOpenKind } from './open-record.ts'

/** `#/open/delivery/D-000123`: where links from outside lead. Goes to the record, or says that there is none. */
export function OpenPage() {
  const { t } = useTranslation()
  const { api } = useServices()
  const { history } = useRouter()
  const { kind, id } = useParams({ from: '/shell/open/$kind/$id' })
  const { data, error, refetch } = useQuery({
    queryKey: ['open', kind, id],
    queryFn: () => (isOpenKind(kind) ? findRecordPath(api, kind, id) : null),
    gcTime: 0,
  })
  useEffect(() => {
    if (typeof data === 'string') history.replace(data)
  }, [data, history])
  const toLive = () => history.push('/')
  return (
    <PageFrame title={t('desktop.open.title')}>
      <h1 className="heard-only">{t('desktop.open.title')}</h1>
      {error !== null ? (
        <Nothing
          icon={IconLinkOff}
          title={t('desktop.open.failed')}
          hint={error instanceof ApiError ? refusalDetail(error.problem) : t('connection.offlineNever')}
          resetLabel={t('connection.retryNow')}
          onReset={() => void refetch()}
        />
      ) : data === null ? (
        <Nothing
          icon={IconLinkOff}
          title={
            isOpenKind(kind) ? t(`desktop.open.none.${kind}`, { id }) : t('desktop.open.unknown', { kind })
          }
          hint={t('desktop.open.hint')}
          resetLabel={t('error.toLive')}
          onReset={toLive}
        />
      ) : (
        <RowSkeletons label={t('desktop.open.looking')} />
      )}
    </PageFrame>
  )
}
