import { ActionIcon, Button, Popover, TextInput, UnstyledButton } from '@mantine/core'
import type { SavedView } from '@fleet/domain'
import { IconBookmark, IconPencil, IconTrash } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/session.ts'
import { isSameView, viewSearch } from './saved-view-address.ts'
import toolbar from './list-toolbar.module.css'
import styles from './saved-views.module.css'
import { useSavedViews } from './use-saved-views.ts'

const longestName = 60

/** The saved views of this page, and a way to save what it shows now. */
export function SavedViewsMenu() {
  const { t } = useTranslation()
  const may = useMay('listSavedViews')
  const [opened, setOpened] = useState(false)
  if (!may) return null
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      shadow="md"
      width={300}
      trapFocus
      returnFocus
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          className={toolbar.opener}
          leftSection={<IconBookmark size={15} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          <span>{t('views.title')}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('views.title')}>
        <Views onDone={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Views({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const { pathname, searchStr } = useLocation()
  const { views, open, save, remove } = useSavedViews()
  const [renamed, setRenamed] = useState<string | null>(null)
  const own = views.filter(({ page }) => page === pathname)
  return (
    <div className={styles.menu}>
      {own.length === 0 && <p className={styles.none}>{t('views.none')}</p>}
      <ul className={styles.views}>
        {own.map((view) =>
          renamed === view.id ? (
            <li key={view.id}>
              <NameForm
                label={t('views.newName', { name: view.name })}
                name={view.name}
                submit={t('form.save')}
                onName={async (name) => {
                  if (await save({ ...view, name })) setRenamed(null)
                }}
              />
            </li>
          ) : (
            <li key={view.id}>
              <UnstyledButton
                className={styles.view}
                aria-current={isSameView(view.search, searchStr) ? 'true' : undefined}
                onClick={() => {
                  open(view)
                  onDone()
                }}
              >
                {view.name}
              </UnstyledButton>
              <Change view={view} onRename={() => setRenamed(view.id)} onRemove={() => void remove(view)} />
            </li>
          ),
        )}
      </ul>
      <NameForm
        label={t('views.name')}
        name=""
        submit={t('views.save')}
        onName={async (name) => {
          if (await save({ name, page: pathname, search: viewSearch(searchStr) })) onDone()
        }}
      />
    </div>
  )
}

interface ChangeProps {
  readonly view: SavedView
  readonly onRename: () => void
  readonly onRemove: () => void
}

function Change({ view: { name }, onRename, onRemove }: ChangeProps) {
  const { t } = useTranslation()
  const look = { variant: 'subtle', color: 'gray', size: 26 } as const
  return (
    <>
      <ActionIcon {...look} aria-label={t('views.rename', { name })} onClick={onRename}>
        <IconPencil size={15} aria-hidden />
      </ActionIcon>
      <ActionIcon {...look} aria-label={t('views.remove', { name })} onClick={onRemove}>
        <IconTrash size={15} aria-hidden />
      </ActionIcon>
    </>
  )
}

interface NameFormProps {
  readonly label: string
  readonly name: string
  readonly submit: string
  readonly onName: (name: string) => Promise<void>
}

function NameForm({ label, name, submit, onName }: NameFormProps) {
  const [text, setText] = useState(name)
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() !== '') void onName(text.trim())
  }
  return (
    <form className={styles.form} onSubmit={send}>
      <TextInput
        size="xs"
        label={label}
        maxLength={longestName}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button size="xs" variant="default" type="submit" disabled={text.trim() === ''}>
        {submit}
      </Button>
    </form>
  )
}
