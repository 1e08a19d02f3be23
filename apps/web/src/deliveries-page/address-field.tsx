import { Combobox, Loader, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { Point } from '@fleet/domain'
import { IconMapPin } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useServices } from '../app/services.ts'
import { type AddressHit, chosenAddress, searchAddresses } from './address-search.ts'

export interface AddressValue {
  readonly address: string
  /** Where it is; null until one of the finds was chosen. */
  readonly point: Point | null
}

interface AddressFieldProps {
  readonly label: string
  readonly value: AddressValue
  readonly error: string | null
  readonly onChange: (value: AddressValue) => void
}

const noHits: readonly AddressHit[] = []

/** An address that is looked up while somebody types. What they choose gives the place on the map. */
export function AddressField({ label, value, error, onChange }: AddressFieldProps) {
  const { t } = useTranslation()
  const { api } = useServices()
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const [text] = useDebouncedValue(value.address.trim(), 120)
  const enabled = text.length >= 2 && value.point === null
  const { data: hits = noHits, isFetching } = useQuery({
    queryKey: ['addresses', text],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => searchAddresses(api, text, signal),
  })
  const { selectFirstOption } = combobox
  useEffect(() => {
    // Enter takes the best one.
    if (hits.length > 0) selectFirstOption()
    // oxlint-disable-next-line react/exhaustive-deps -- when other addresses are found, not when the box renders
  }, [hits])
  const choose = (hit: AddressHit) => {
    onChange(chosenAddress(value.address, hit))
    combobox.closeDropdown()
  }
  const nothing = enabled && !isFetching && hits.length === 0
  return (
    <Combobox
      store={combobox}
      withinPortal
      onOptionSubmit={(index) => {
        const hit = hits[Number(index)]
        if (hit !== undefined) choose(hit)
      }}
    >
      <Combobox.Target>
        <TextInput
          label={label}
          required
          withAsterisk={false}
          autoComplete="off"
          maxLength={300}
          value={value.address}
          error={error}
          description={value.point === null ? undefined : t('address.found')}
          rightSection={
            isFetching ? (
              <Loader size={14} aria-label={t('address.searching')} />
            ) : value.point === null ? null : (
              <IconMapPin size={16} stroke={1.75} aria-hidden />
            )
          }
          onChange={(event) => {
            onChange({ address: event.currentTarget.value, point: null })
            combobox.openDropdown()
          }}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={hits.length === 0 && !nothing}>
        <Combobox.Options aria-label={label}>
          {hits.map((hit, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- two places may have one label; none has a state
            <Combobox.Option key={index} value={String(index)}>
              {hit.label}
            </Combobox.Option>
          ))}
          {nothing && <Combobox.Empty>{t('address.nothing')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
