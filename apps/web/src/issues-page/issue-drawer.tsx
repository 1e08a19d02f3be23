import { type Issue, type IssueEvent, issueKinds } from '@fleet/domain'
import { Button, Menu, NativeSelect, Textarea } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useMay, useSession } from '../app/session.ts'
import { Attachments } from '../deliveries-page/proof-section.tsx'
import { DetailDrawer } from '../drawer/detail-drawer.tsx'
import { InlineField } from '../fields/inline-field.tsx'
import { useFormat } from '../i18n/format.ts'
import { useLive } from '../live/live-hooks.ts'
import type { Registry } from '../live/registry.ts'
import { DetailSection } from '../drawer/detail-section.tsx'
import list from '../list-page/list-page.module.css'
import { ReplayLink } from '../replay-page/replay-link.tsx'
import {
  commentIssueAction,
  editIssueAction,
  issueName,
  possibleIssueSteps,
  stepIssueAction,
} from './issue-actions.ts'
import { IssueStatusMark } from './issue-status-mark.tsx'
import { SubjectFields } from './subject-fields.tsx'
import styles from './issue-board.module.css'

interface IssueDrawerProps {
  readonly issue: Issue
  readonly registry: Registry
  readonly takeFocus: boolean
  readonly onClose: () => void
}

/** The step that most often comes next, by status. */
const nextStep: Readonly<Record<Issue['status'], IssueEvent>> = {
  open: 'start',
  in_progress: 'resolve',
  resolved: 'reopen',
}

/** Everything about one issue. */
export function IssueDrawer({ issue, registry, takeFocus, onClose }: IssueDrawerProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useAction()
  const readOnly = !useMay('updateIssue')
  return (
    <DetailDrawer
      label={t('issue.label', { name: issueName(t, issue) })}
      title={t(`issueKind.${issue.kind}`)}
      takeFocus={takeFocus}
      subtitle={
        <>
          <IssueStatusMark status={issue.status} />
          <span>
            {t('issue.reported', {
              who: t(`issueReporter.${issue.reporter}`),
              when: `${format.dayShort(issue.createdAtMs)} ${format.time(issue.createdAtMs)}`,
            })}
          </span>
        </>
      }
      actions={!readOnly && <Steps issue={issue} />}
      onClose={onClose}
    >
      <DetailSection title={t('issue.what')}>
        <dl className={list.fields}>
          <dt>{t('issue.kind')}</dt>
          <dd>
            <NativeSelect
              size="xs"
              aria-label={t('issue.kind')}
              disabled={readOnly}
              value={issue.kind}
              onChange={(event) => {
                const kind = event.currentTarget.value as Issue['kind']
                void run(editIssueAction(t, issue, { kind }, t('field.kind')))
              }}
              data={issueKinds.map((kind) => ({ value: kind, label: t(`issueKind.${kind}`) }))}
            />
          </dd>
          <dt>{t('issue.description')}</dt>
          <dd>
            <InlineField
              label={t('issue.description')}
              value={issue.description}
              readOnly={readOnly}
              maxLength={4000}
              multiline
              onSave={(description) =>
                void run(editIssueAction(t, issue, { description }, t('field.description')))
              }
            />
          </dd>
        </dl>
        {issue.photoId !== null && <Attachments photoId={issue.photoId} />}
      </DetailSection>
      <DetailSection title={t('issue.about')}>
        <SubjectFields
          value={issue}
          registry={registry}
          disabled={readOnly}
          onChange={(patch, what) => void run(editIssueAction(t, issue, patch, what))}
        />
        {(issue.bikeId ?? issue.courierId ?? issue.deliveryId) !== null && (
          <ReplayLink fromMs={issue.createdAtMs} toMs={issue.createdAtMs} about={{ of: issue.id }} />
        )}
      </DetailSection>
      <Comments issue={issue} />
    </DetailDrawer>
  )
}

function Steps({ issue }: { issue: Issue }) {
  const { t } = useTranslation()
  const run = useAction()
  const next = nextStep[issue.status]
  const others = possibleIssueSteps(issue).filter((event) => event !== next)
  return (
    <>
      <Button size="xs" onClick={() => void run(stepIssueAction(t, issue, next))}>
        {t(`issue.step.${next}`)}
      </Button>
      {others.length > 0 && (
        <Menu position="bottom-end" shadow="md" withinPortal>
          <Menu.Target>
            <Button size="xs" variant="default" px={8} aria-label={t('delivery.moreSteps')}>
              <IconDots size={16} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((event) => (
              <Menu.Item key={event} onClick={() => void run(stepIssueAction(t, issue, event))}>
                {t(`issue.step.${event}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}

function Comments({ issue }: { issue: Issue }) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useAction()
  const live = useLive()
  const author = useSession()?.user.name ?? ''
  const mayComment = useMay('commentIssue')
  const [text, setText] = useState('')
  const send = async (event: Pick<FormEvent, 'preventDefault'>) => {
    event.preventDefault()
    const written = text.trim()
    if (written === '') return
    setText('')
    const outcome = await run(
      commentIssueAction(t, issue, { atMs: live.serverNowMs(), author, text: written }),
    )
    // What was refused is not lost; what was typed meanwhile is not either.
    if (!outcome.ok) setText((typed) => (typed === '' ? written : typed))
  }
  return (
    <DetailSection title={t('issue.comments')}>
      {issue.comments.length === 0 && !mayComment && <p className={list.quiet}>{t('issue.noComments')}</p>}
      <ol className={styles.comments}>
        {issue.comments.map((comment, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- comments are only ever added at the end
          <li key={i}>
            <span className={styles.by}>
              {comment.author} · {format.dayShort(comment.atMs)} {format.time(comment.atMs)}
            </span>
            <p>{comment.text}</p>
          </li>
        ))}
      </ol>
      {mayComment && (
        <form onSubmit={(event) => void send(event)}>
          <Textarea
            size="xs"
            label={t('issue.comment')}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={4000}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send(event)
            }}
          />
          <Button mt={8} size="xs" variant="default" type="submit" disabled={text.trim() === ''}>
            {t('issue.commentSubmit')}
          </Button>
        </form>
      )}
    </DetailSection>
  )
}
