import { Button, Popover, UnstyledButton } from '@mantine/core'
import { IconFilter, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './filter-menu.module.css'
import toolbar from './list-toolbar.module.css'

/** A filter in use that has no place of its own in the toolbar. */
export interface FilterTag {
  readonly id: string
  readonly label: string
}

interface FilterMenuProps {
  readonly tags: readonly FilterTag[]
  readonly onRemove: (id: string) => void
  /** The fields that set them. */
  readonly children: ReactNode
}

/** More filters behind a button, and those in use beside it, each with a way out. */
export function FilterMenu({ tags, onRemove, children }: FilterMenuProps) {
  const { t } = useTranslation()
  return (
    <>
      <Popover
        position="bottom-start"
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
            leftSection={<IconFilter size={15} aria-hidden />}
          >
            <span>{t('filter.more')}</span>
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={styles.menu} aria-label={t('filter.more')}>
          {children}
        </Popover.Dropdown>
      </Popover>
      {tags.length > 0 && (
        <div className={toolbar.chips} role="group" aria-label={t('filter.active')}>
          {tags.map(({ id, label }) => (
            <UnstyledButton
              key={id}
              className={styles.tag}
              aria-label={t('filter.remove', { label })}
              onClick={() => onRemove(id)}
            >
              {label}
              <IconX size={13} stroke={2} aria-hidden />
            </UnstyledButton>
          ))}
        </div>
      )}
    </>
  )
}
