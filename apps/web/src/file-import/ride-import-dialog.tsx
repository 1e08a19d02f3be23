import type { GpxProblem } from '@fleet/api/recording'
import type { Bike, BikeId } from '@fleet/domain'
import { Button, Group, Progress } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalDetail } from '../actions/refusal.ts'
import { type Format, useFormat } from '../i18n/format.ts'
import { ImportDialog } from '../list-page/import-dialog.tsx'
import { RecordSelect } from '../list-page/record-select.tsx'
import { useRegistry } from '../live/live-hooks.ts'
import { replayOf } from '../replay-page/replay-search.ts'
import { mostRideBytes, mostRideFixes } from './ride-file.ts'
import { isReady, type RideEntry, useRideImport } from './use-ride-import.ts'
import styles from './ride-import-dialog.module.css'

interface RideImportDialogProps {
  /** Those that were dropped; none: the dialog asks for them. */
  readonly files: readonly File[]
  /** Whether rides are being sent. */
  readonly onBusy: (busy: boolean) => void
  readonly onClose: () => void
}

/** Recorded rides: what is in each file, whose it is, and then the history of those bikes. */
export default function RideImportDialog({ files, onBusy, onClose }: RideImportDialogProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { rides, done, read, setBike, importAll, stop } = useRideImport(files)
  const isSending = done !== null
  useEffect(() => {
    onBusy(isSending)
    return () => onBusy(false)
  }, [isSending, onBusy])
  const { bikes } = useRegistry(1_000)
  const choices = useMemo(
    () =>
      [...bikes.values()]
        .sort((a, b) => a.code.localeCompare(b.code))
        .map(({ id, code }) => ({ value: id as string, label: code })),
    [bikes],
  )
  const isRead = rides.filter(({ state }) => state !== 'reading').length
  const ready = rides.filter(isReady)
  const isOver = rides.length > 0 && rides.every(({ state, fault }) => state === 'imported' || fault !== null)
  const wordsOfWait =
    done !== null
      ? {
          text: t('rideImport.sending'),
          percent: 100 * done,
          progress: format.percent(Math.floor(100 * done)),
        }
      : isRead < rides.length
        ? {
            text: t('rideImport.reading'),
            percent: (100 * isRead) / rides.length,
            progress: t('rideImport.readOf', {
              read: format.number(isRead),
              of: format.number(rides.length),
            }),
          }
        : null
  return (
    <ImportDialog
      title={t('fileImport.open.rides')}
      icon={IconRoute}
      hint={t('rideImport.hint')}
      accept=".gpx,application/gpx+xml"
      multiple
      fault={null}
      reading={null}
      preview={
        rides.length === 0 ? null : (
          <>
            <ul className={styles.rides} aria-label={t('rideImport.rides')}>
              {rides.map((ride, at) => (
                <li key={ride.id} className={styles.ride}>
                  <Ride
                    ride={ride}
                    bike={ride.bikeId === null ? undefined : bikes.get(ride.bikeId)}
                    choices={choices}
                    disabled={done !== null}
                    onBike={(bikeId) => setBike(at, bikeId, ride.file)}
                    onRead={onClose}
                  />
                </li>
              ))}
            </ul>
            {wordsOfWait !== null && (
              <div className={styles.wait}>
                <span role="status">{wordsOfWait.text}</span>
                <Progress value={wordsOfWait.percent} aria-label={wordsOfWait.text} />
                <span>{wordsOfWait.progress}</span>
              </div>
            )}
            {!isOver && <p className={styles.stays}>{t('rideImport.stays')}</p>}
            <Group justify="flex-end" mt="md">
              {done !== null ? (
                <Button variant="default" onClick={stop}>
                  {t('rideImport.stop')}
                </Button>
              ) : isOver ? (
                <Button data-autofocus onClick={onClose}>
                  {t('rideImport.close')}
                </Button>
              ) : (
                <>
                  <Button variant="default" onClick={() => void read([])}>
                    {t('rideImport.otherFiles')}
                  </Button>
                  <Button disabled={ready.length === 0} onClick={() => void importAll()}>
                    {t('rideImport.import', { count: ready.length })}
                  </Button>
                </>
              )}
            </Group>
          </>
        )
      }
      onFiles={(chosen) => void read(chosen)}
      onClose={onClose}
    />
  )
}

interface RideProps {
  readonly ride: RideEntry
  readonly bike: Bike | undefined
  readonly choices: readonly { readonly value: string; readonly label: string }[]
  readonly disabled: boolean
  readonly onBike: (id: BikeId | null) => void
  /** Somebody goes to look at it. */
  readonly onRead: () => void
}

function Ride({ ride, bike, choices, disabled, onBike, onRead }: RideProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { name, state, fault, file } = ride
  const facts = file?.ride ?? null
  return (
    <>
      <div className={styles.what}>
        <strong className={styles.name}>{name}</strong>
        {state === 'reading' && <span className={styles.facts}>{t('rideImport.waiting')}</span>}
        {facts !== null && (
          <span className={styles.facts}>
            {t('rideImport.facts', {
              date: format.date(facts.startMs),
              from: format.time(facts.startMs),
              to:
                format.date(facts.startMs) === format.date(facts.endMs)
                  ? format.time(facts.endMs)
                  : `${format.date(facts.endMs)} ${format.time(facts.endMs)}`,
              points: t('rideImport.points', {
                count: facts.recording.fixes.length,
                formatted: format.number(facts.recording.fixes.length),
              }),
              distance: format.distanceKm(facts.lengthM),
            })}
          </span>
        )}
        {problemLines(t, format, ride).map((line) => (
          <span key={line} className={styles.problem}>
            {line}
          </span>
        ))}
        <span role="status" className={styles.outcome}>
          {outcomeText(t, format, ride, bike)}
        </span>
        {state === 'imported' && facts !== null && bike !== undefined && (
          <Link
            to="/replay"
            search={replayOf(facts.startMs, facts.endMs, { bike: bike.code })}
            onClick={onRead}
          >
            {t('rideImport.look')}
          </Link>
        )}
      </div>
      {facts !== null && fault === null && state === 'read' && (
        <RecordSelect
          label={t('rideImport.bike')}
          value={ride.bikeId}
          data={choices}
          disabled={disabled}
          placeholder={t('rideImport.chooseBike')}
          onChange={(id) => onBike(id as BikeId | null)}
        />
      )}
    </>
  )
}

/** What is wrong with it, said so that whoever recorded it can find it. */
function problemLines(t: TFunction, format: Format, { fault, file, refused }: RideEntry): readonly string[] {
  const lines: string[] = []
  const problems = file?.problems ?? []
  if (fault === 'tooLarge') lines.push(t('rideImport.fault.tooLarge', { most: mostRideBytes / 1024 / 1024 }))
  if (fault === 'tooMany') lines.push(t('rideImport.fault.tooMany', { most: format.number(mostRideFixes) }))
  if (fault === 'unreadable') lines.push(t('rideImport.fault.unreadable'))
  for (const kind of ['xml', 'no_points', 'time', 'lat', 'lon'] as const) {
    const found = problems.filter((problem) => problem.kind === kind)
    if (found.length > 0) lines.push(problemText(t, found[0]!, found.length, fault === 'nothing'))
  }
  if (refused !== null)
    lines.push(refused === 'unreachable' ? t('rideImport.unreachable') : refusalDetail(refused))
  return lines
}

function problemText(t: TFunction, first: GpxProblem, count: number, isAll: boolean): string {
  switch (first.kind) {
    case 'xml':
      return t('rideImport.problem.xml', { line: first.line, message: first.message })
    case 'no_points':
      return t('rideImport.problem.no_points')
    case 'time':
      if (isAll && first.text === null) return t('rideImport.problem.noTimes')
      return first.text === null
        ? t('rideImport.problem.noTime', { count, point: first.point })
        : t('rideImport.problem.time', { count, point: first.point, text: first.text })
    case 'lat':
    case 'lon':
      break
  }
  return t('rideImport.problem.place', {
    count,
    point: first.point,
    field: first.kind,
    text: first.text ?? '',
  })
}

/** What will become of it, or what has. */
function outcomeText(
  t: TFunction,
  format: Format,
  { state, outcome, bikeId, fault, refused }: RideEntry,
  bike: Bike | undefined,
): string {
  if (state === 'reading' || fault !== null || refused !== null) return ''
  if (bikeId === null) return t('rideImport.noBike')
  if (outcome === null) return t('rideImport.checking')
  const { stored, known, future, tooOld, inaccurate, jump } = outcome
  const counted = (name: 'known' | 'future' | 'tooOld' | 'flagged', count: number) =>
    count === 0 ? [] : [t(`rideImport.outcome.${name}`, { count, formatted: format.number(count) })]
  return [
    t(state === 'imported' ? 'rideImport.outcome.stored' : 'rideImport.outcome.new', {
      count: stored,
      formatted: format.number(stored),
      bike: bike?.code ?? '',
    }),
    ...counted('known', known),
    ...counted('future', future),
    ...counted('tooOld', tooOld),
    ...counted('flagged', inaccurate + jump),
  ].join(' ')
}
