import { mostZonesAtOnce } from '@fleet/api'
import { maxCorners, minZoneM2, type ZoneKind, zoneKinds } from '@fleet/domain'
import { NativeSelect } from '@mantine/core'
import { IconPolygon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '../actions/use-actions.ts'
import { useServices } from '../app/services.ts'
import { useFormat } from '../i18n/format.ts'
import { ImportDialog } from '../list-page/import-dialog.tsx'
import { ImportPreview } from '../list-page/import-preview.tsx'
import { areaText } from './area-text.ts'
import { importZonesAction } from './zone-actions.ts'
import { createZonesImport, findImportedZones, freshZones } from './zones-import.ts'
import { type AreaFault, type FileArea, type ParsedZonesFile, parseZonesGeoJson } from './zones-geojson.ts'

/** A file, what is wrong with each of its areas, and then the zones. */
export default function ZonesImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [file, setFile] = useState<{ readonly name: string; readonly parsed: ParsedZonesFile } | null>(null)
  const read = async (chosen: File) =>
    setFile({ name: chosen.name, parsed: parseZonesGeoJson(await chosen.text()) })
  return (
    <ImportDialog
      title={t('geojson.import')}
      icon={IconPolygon}
      hint={t('geojson.hint')}
      accept=".geojson,.json,application/geo+json"
      fault={
        file?.parsed.ok === false ? t(`geojson.file.${file.parsed.fault}`, { most: mostZonesAtOnce }) : null
      }
      reading={null}
      preview={
        file?.parsed.ok === true ? (
          <Preview
            file={file.name}
            areas={file.parsed.areas}
            onBack={() => setFile(null)}
            onClose={onClose}
          />
        ) : null
      }
      onFiles={([chosen]) => void read(chosen!)}
      onClose={onClose}
    />
  )
}

interface PreviewProps {
  readonly file: string
  readonly areas: readonly FileArea[]
  readonly onBack: () => void
  readonly onClose: () => void
}

function Preview({ file, areas, onBack, onClose }: PreviewProps) {
  const { t } = useTranslation()
  const faultText = useFaultText()
  const { api, live } = useServices()
  const run = useAction()
  const [kind, setKind] = useState<ZoneKind>('slow')
  const [busy, setBusy] = useState(false)
  const good = areas.filter(({ fault }) => fault === null)
  const faulty = areas.length - good.length
  const lookUp = useQuery({
    queryKey: ['zones-import', file, kind],
    queryFn: () =>
      findImportedZones(
        good.map((area) => ({ name: area.name, kind: area.kind ?? kind, polygon: area.polygon })),
        live.registry.zones.values(),
        (ids) => api.call('knownZones', { body: { ids: [...ids] } }),
      ),
    staleTime: 0,
    gcTime: 0,
  })
  const rows = lookUp.data ?? []
  const rowOf = new Map(rows.map((row, at) => [good[at], row]))
  const fresh = freshZones(rows)
  const here = rows.filter(({ there }) => there !== null).length
  const create = async () => {
    setBusy(true)
    const { key, zones } = createZonesImport(fresh)
    const { ok } = await run(importZonesAction(t, key, zones))
    if (ok) return onClose()
    // Somebody else may have imported it meanwhile: then the rows say so.
    await lookUp.refetch()
    setBusy(false)
  }
  const resultOf = (area: FileArea) => {
    if (area.fault !== null) return faultText(area.fault)
    const row = rowOf.get(area)
    if (row === undefined) return null
    if (row.there !== null) return t('geojson.isHere', { name: row.there.name })
    return fresh.includes(row) ? t('geojson.willBeDrawn') : t('geojson.twice')
  }
  return (
    <ImportPreview
      name={file}
      counts={{
        good: t('geojson.good', { count: good.length }),
        there: here === 0 ? null : t('geojson.here', { count: here }),
        faulty: faulty === 0 ? null : t('geojson.faulty', { count: faulty }),
      }}
      faults={lookUp.isError ? [t('geojson.lookUpFailed')] : []}
      label={t('geojson.preview')}
      columns={[t('geojson.place'), t('zone.column.name'), t('zone.column.kind')]}
      rows={areas}
      isFaulty={({ fault }) => fault !== null}
      show={(area) => ({
        key: areas.indexOf(area),
        cells: [area.place, area.name, t(`zoneKind.${area.kind ?? kind}`)],
        result: resultOf(area),
      })}
      create={t('geojson.create', { count: fresh.length })}
      mayCreate={fresh.length > 0}
      busy={busy}
      onBack={onBack}
      onCreate={() => void create()}
    >
      {good.some((area) => area.kind === null) && (
        <NativeSelect
          mt="sm"
          label={t('geojson.kind')}
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as ZoneKind)}
          data={zoneKinds.map((value) => ({ value, label: t(`zoneKind.${value}`) }))}
        />
      )}
    </ImportPreview>
  )
}

function useFaultText(): (fault: AreaFault) => string {
  const { t } = useTranslation()
  const format = useFormat()
  return (fault) =>
    t(`geojson.fault.${fault}`, {
      most: format.number(maxCorners),
      area: areaText(t, format, minZoneM2),
    })
}
