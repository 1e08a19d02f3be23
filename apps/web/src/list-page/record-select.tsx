import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface RecordSelectProps {
  readonly label: string
  readonly value: string | null
  readonly data: readonly { readonly value: string; readonly label: string }[]
  /** Null: none. */
  readonly onChange: (id: string | null) => void
  readonly disabled?: boolean
  readonly clearable?: boolean
  readonly error?: string | null
  /** Shown while none is chosen; left out: that there is none. */
  readonly placeholder?: string
}

/** More than these nobody looks through: typing finds the others. */
const mostShown = 30

/** One record of many, found by typing some of its name. */
export function RecordSelect({ label, value, data, onChange, ...props }: RecordSelectProps) {
  const { t } = useTranslation()
  return (
    <Select
      size="xs"
      label={label}
      value={value}
      data={data.map((item) => ({ ...item }))}
      onChange={onChange}
      // Enter chooses; with nothing highlighted yet it would send the form around it.
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.preventDefault()
      }}
      disabled={props.disabled ?? false}
      clearable={props.clearable ?? true}
      clearButtonProps={{ 'aria-label': t('records.clear', { label }), tabIndex: 0 }}
      error={props.error ?? null}
      searchable
      limit={mostShown}
      placeholder={props.placeholder ?? t('records.none')}
      nothingFoundMessage={t('records.nothingFound')}
      comboboxProps={{ transitionProps: { duration: 0 } }}
    />
  )
}
