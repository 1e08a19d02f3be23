import { Textarea, TextInput, UnstyledButton } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './inline-field.module.css'

interface InlineFieldProps {
  readonly label: string
  readonly value: string
  /** Shown for an empty value. */
  readonly placeholder?: string
  /** A sentence on what is wrong with the text; null when it may be saved. */
  readonly check?: (text: string) => string | null
  /** Called with another text than the value. */
  readonly onSave: (text: string) => void
  readonly readOnly?: boolean
  readonly maxLength?: number
  /** Text of several lines: Enter begins another one, Ctrl-Enter saves. */
  readonly multiline?: boolean
}

/** A value that is edited where it stands: a press opens it, Enter or leaving it saves, Escape leaves it as it was. */
export function InlineField({ label, value, check, onSave, readOnly = false, ...props }: InlineFieldProps) {
  const { t } = useTranslation()
  const [text, setText] = useState<string | null>(null)
  const button = useRef<HTMLButtonElement>(null)
  const shown = value === '' ? (props.placeholder ?? '–') : value
  if (readOnly) return <span className={styles.readOnly}>{shown}</span>
  if (text === null)
    return (
      <UnstyledButton
        ref={button}
        className={styles.value}
        aria-label={t('inline.edit', { label, value: shown })}
        data-empty={value === ''}
        onClick={() => setText(value)}
      >
        <span>{shown}</span>
        <IconPencil size={14} stroke={1.75} aria-hidden />
      </UnstyledButton>
    )
  const fault = check?.(text.trim()) ?? null
  const close = (giveFocus: boolean) => {
    setText(null)
    // The button is there again with the next render.
    if (giveFocus) requestAnimationFrame(() => button.current?.focus())
  }
  const save = (giveFocus: boolean) => {
    if (fault !== null) return
    if (text.trim() !== value) onSave(text.trim())
    close(giveFocus)
  }
  const shared = {
    size: 'xs',
    autoFocus: true,
    'aria-label': label,
    value: text,
    error: fault,
    maxLength: props.maxLength ?? 300,
    onBlur: () => (fault === null ? save(false) : close(false)),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (props.multiline !== true || event.ctrlKey || event.metaKey)) save(true)
      else if (event.key === 'Escape') close(true)
      else return
      event.preventDefault()
      event.stopPropagation()
    },
  }
  return props.multiline === true ? (
    <Textarea
      {...shared}
      autosize
      minRows={2}
      maxRows={10}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  ) : (
    <TextInput
      {...shared}
      onChange={(event) => setText(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
    />
  )
}
