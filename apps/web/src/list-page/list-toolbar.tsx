import { Button, CloseButton, TextInput, UnstyledButton } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import type { ReactNode, Ref } from 'react'
import { useTranslation } from 'react-i18next'
import { SavedViewsMenu } from './saved-views.tsx'
import styles from './list-toolbar.module.css'

interface ListToolbarProps {
  readonly title: string
  /** How many are listed, as a sentence; null while nobody knows; left out where nobody asks. */
  readonly count?: string | null
  readonly searchLabel: string
  readonly searchRef: Ref<HTMLInputElement>
  readonly search: string | undefined
  readonly onSearch: (text: string | undefined) => void
  /** Left out for whoever may not. */
  readonly create?: { readonly label: string; readonly onClick: () => void } | undefined
  /** Beside the button that creates. */
  readonly more?: ReactNode
  /** Beside the title. */
  readonly views?: ReactNode
  /** Beside the search. */
  readonly filters?: ReactNode
}

/** Title, search and filters of a page that lists records; all that it changes is in the address. */
export function ListToolbar({ search, onSearch, searchRef, ...props }: ListToolbarProps) {
  const { t } = useTranslation()
  return (
    <div className={styles.toolbar}>
      <div className={styles.line}>
        <h1>{props.title}</h1>
        {props.count !== undefined && (
          <span className={styles.count} role="status">
            {props.count}
          </span>
        )}
        {props.views}
        <div className={styles.end}>
          <SavedViewsMenu />
          {props.create !== undefined && (
            <Button
              size="xs"
              leftSection={<IconPlus size={16} aria-hidden />}
              aria-keyshortcuts="N"
              onClick={props.create.onClick}
            >
              {props.create.label}
            </Button>
          )}
          {props.more}
        </div>
      </div>
      <div className={styles.line}>
        <search className={styles.search}>
          <TextInput
            ref={searchRef}
            size="xs"
            type="search"
            aria-label={props.searchLabel}
            aria-keyshortcuts="/"
            placeholder={props.searchLabel}
            leftSection={<IconSearch size={15} stroke={1.75} aria-hidden />}
            rightSection={
              search === undefined ? null : (
                <CloseButton
                  size="xs"
                  aria-label={t('list.clearSearch')}
                  onClick={() => onSearch(undefined)}
                />
              )
            }
            value={search ?? ''}
            onChange={(event) =>
              onSearch(event.currentTarget.value === '' ? undefined : event.currentTarget.value)
            }
          />
        </search>
        {props.filters}
      </div>
    </div>
  )
}

export interface FilterChip<T extends string> {
  readonly value: T
  readonly label: ReactNode
  /** How many rows it would leave; left out where nobody knows. */
  readonly count?: string
}

interface FilterChipsProps<T extends string> {
  readonly label: string
  readonly chips: readonly FilterChip<T>[]
  readonly chosen: readonly T[]
  readonly onToggle: (value: T) => void
}

/** Values that rows are filtered by, any number of them at once. */
export function FilterChips<const T extends string>(props: FilterChipsProps<T>) {
  return (
    <div className={styles.chips} role="group" aria-label={props.label}>
      {props.chips.map(({ value, label, count }) => (
        <UnstyledButton
          key={value}
          className={styles.chip}
          aria-pressed={props.chosen.includes(value)}
          onClick={() => props.onToggle(value)}
        >
          {label}
          {count !== undefined && <span className={styles.chipCount}>{count}</span>}
        </UnstyledButton>
      ))}
    </div>
  )
}
