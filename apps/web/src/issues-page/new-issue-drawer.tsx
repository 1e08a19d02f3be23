import { createId, type Issue, type IssueId, issueKinds, issueReporters } from '@fleet/domain'
import { Button, NativeSelect, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { useLive } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { bikesByCode, couriersByBike } from '../live-page/fleet-index.ts'
import list from '../list-page/list-page.module.css'
import { createIssueAction, type IssueDraft } from './issue-actions.ts'
import { SubjectFields } from './subject-fields.tsx'

interface NewIssueDrawerProps {
  readonly registry: Registry
  /** Code of the bike that it is about. */
  readonly bikeCode: string | undefined
  readonly onDone: (issue: Issue) => void
  readonly onClose: () => void
}

/** What was typed stays when the server refuses or is away. */
export function NewIssueDrawer({ registry, bikeCode, onDone, onClose }: NewIssueDrawerProps) {
  const { t } = useTranslation()
  const run = useAction()
  const live = useLive()
  const [draft, setDraft] = useState((): IssueDraft => {
    const bike = bikeCode === undefined ? undefined : bikesByCode(registry.bikes).get(bikeCode)
    const rider = bike === undefined ? undefined : couriersByBike(registry.couriers).get(bike.id)
    return {
      kind: bike === undefined ? 'late' : 'bike_problem',
      reporter: 'dispatcher',
      description: '',
      bikeId: bike?.id ?? null,
      courierId: rider?.id ?? null,
      deliveryId: null,
    }
  })
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const change = (patch: Partial<IssueDraft>) => setDraft((before) => ({ ...before, ...patch }))
  const missing = draft.description.trim() === ''
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (missing) return
    setBusy(true)
    const id = createId<IssueId>(live.serverNowMs(), crypto.getRandomValues(new Uint8Array(10)))
    const outcome = await run(createIssueAction(t, id, { ...draft, description: draft.description.trim() }))
    setBusy(false)
    if (outcome.ok) onDone(outcome.value)
  }
  return (
    <DetailDrawer label={t('issue.create')} title={t('issue.create')} onClose={onClose}>
      <form className={list.form} noValidate onSubmit={(event) => void send(event)}>
        <div className={list.pair}>
          <NativeSelect
            size="xs"
            label={t('issue.kind')}
            autoFocus
            value={draft.kind}
            onChange={(event) => change({ kind: event.currentTarget.value as IssueDraft['kind'] })}
            data={issueKinds.map((kind) => ({ value: kind, label: t(`issueKind.${kind}`) }))}
          />
          <NativeSelect
            size="xs"
            label={t('issue.reporter')}
            value={draft.reporter}
            onChange={(event) => change({ reporter: event.currentTarget.value as IssueDraft['reporter'] })}
            data={issueReporters.map((reporter) => ({
              value: reporter,
              label: t(`issueReporter.${reporter}`),
            }))}
          />
        </div>
        <Textarea
          size="xs"
          label={t('issue.description')}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={4000}
          value={draft.description}
          error={asked && missing ? t('issue.fault.description') : null}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <SubjectFields value={draft} registry={registry} onChange={change} />
        <div className={list.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('form.back')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('issue.createSubmit')}
          </Button>
        </div>
      </form>
    </DetailDrawer>
  )
}
