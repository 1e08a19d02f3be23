import { AppError } from '@fleet/domain'
import { type CommandResult, type CommandWorld, defineCommand } from '../command.ts'
import { pause } from '../pause.ts'
import { createProgress } from '../progress.ts'
import { createOsmAndSender } from '../replay/osmand-sender.ts'
import { readRecording } from '../replay/read-recording.ts'
import { type Recording, reverseRecording } from '@fleet/api/recording'
import { countFlags, createTimetable, type TimeMode } from '../replay/timetable.ts'

export const replay = defineCommand({
  name: 'replay',
  summary: 'Play a recorded ride through the tracker endpoint',
  description:
    'Reads CSV (time,lat,lon,speed_kmh,heading_deg,accuracy_m) or GPX, gzipped or not, and sends each fix when it is\n' +
    'due, as a phone would: again until the app has it, none is skipped. All rows are checked before the first is sent.\n' +
    '\n' +
    'The times between fixes stay as recorded. With --times now they are moved so that the ride ends at the moment\n' +
    'when its last fix is sent: at --speed 1 every fix is live, above it the ride begins in the past and catches up.',
  options: {
    device: { type: 'string', value: 'ID', summary: 'Tracker id to send as', required: true },
    url: {
      type: 'string',
      value: 'URL',
      summary: 'Where the OsmAnd protocol is spoken',
      default: 'http://127.0.0.1:5055',
    },
    speed: {
      type: 'number',
      value: 'X',
      summary: 'So many times faster than it was ridden',
      default: 1,
      min: 0.1,
      max: 10_000,
    },
    times: {
      type: 'string',
      summary: 'Times of the fixes: moved to end now, or kept as recorded',
      default: 'now',
      choices: ['now', 'keep'],
    },
    date: {
      type: 'string',
      value: 'YYYY-MM-DD',
      summary: 'With --times keep: the day of a recording that has times of day only (UTC)',
    },
    loop: { type: 'boolean', summary: 'Ride there and back until stopped' },
  },
  positionals: [{ name: 'file', summary: 'The recorded ride', required: true }],
  examples: [
    {
      line: 'fleet replay ride.csv.gz --device k7m2qz9f4xw8hc3rnd --speed 10',
      says: 'A ride of an hour in six minutes',
    },
    {
      line: 'fleet replay ride.gpx --device k7m2qz9f4xw8hc3rnd --times keep',
      says: 'Into the history, as it was',
    },
  ],
  async run({ options, positionals }, world) {
    const { device, url, speed, loop } = options
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new AppError('usage', `--url is "${url}", which is no web address.`, {
        fix: 'Give it like http://127.0.0.1:5055.',
      })
    const recording = await readRecording(positionals.file)
    const times = readTimes(options, recording, world)
    return play({ recording, times, device, url, speed, loop }, world)
  },
})

function readTimes(
  { times, date, loop }: { readonly times: string; readonly date: string | null; readonly loop: boolean },
  recording: Recording,
  world: CommandWorld,
): TimeMode {
  if (times === 'now') {
    if (date !== null)
      throw new AppError('usage', '--date is for --times keep.', { fix: 'Leave one of both out.' })
    return { mode: 'now' }
  }
  if (loop)
    throw new AppError('usage', '--loop needs --times now: the same times again are stored only once.')
  if (date === null) {
    if (recording.startedMs === null)
      throw new AppError('usage', 'The recording has times of day only.', {
        fix: 'Say which day it was with --date YYYY-MM-DD.',
      })
    return { mode: 'keep', dateMs: 0 }
  }
  const dateMs = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(dateMs) || dateMs > world.now())
    throw new AppError('usage', `--date is "${date}", which is no day until today.`, {
      fix: 'Give it like 2026-05-27.',
    })
  if (recording.startedMs !== null)
    throw new AppError('usage', 'The recording has dates of its own.', { fix: 'Leave --date out.' })
  return { mode: 'keep', dateMs }
}

interface Play {
  readonly recording: Recording
  readonly times: TimeMode
  readonly device: string
  readonly url: string
  readonly speed: number
  readonly loop: boolean
}

async function play(
  { recording, times, device, url, speed, loop }: Play,
  world: CommandWorld,
): Promise<CommandResult> {
  const { stop, terminal } = world
  const startedMs = world.now()
  const total = recording.fixes.length
  let progress = createProgress(world, 'Replaying', total)
  let troubled = ''
  const sender = createOsmAndSender(url, device, stop, (reason) => {
    if (reason === troubled) return
    troubled = reason
    progress.end()
    terminal.err(`Not taken, sending again until it is: ${reason}\n`)
  })
  let stored = 0
  const flags = { inaccurate: 0, jump: 0, future: 0 }
  try {
    const laps = loop ? Infinity : 1
    for (let lap = 0; lap < laps && !stop.aborted; lap++) {
      const ride = lap % 2 === 0 ? recording : reverseRecording(recording)
      const departures = createTimetable(ride, world.now(), speed, times)
      let sent = 0
      for (const departure of departures) {
        await pause(Math.max(0, departure.sendAtMs - world.now()), stop)
        if (stop.aborted || !(await sender.send(departure))) break
        troubled = ''
        progress.at(++sent, `${((departure.fix.speedMps ?? 0) * 3.6).toFixed(0)} km/h`)
      }
      stored += sent
      for (const [flag, count] of Object.entries(countFlags(departures.slice(0, sent))))
        flags[flag as keyof typeof flags] += count
      progress.end()
      progress = createProgress(world, 'Replaying', total)
    }
  } finally {
    progress.end()
    await sender.close()
  }
  const stopped = stop.aborted
  const durationMs = world.now() - startedMs
  const flagged = flags.inaccurate + flags.jump + flags.future
  const notes = Object.entries(flags).flatMap(([flag, count]) => (count > 0 ? [`${count} ${flag}`] : []))
  return {
    data: { fixes: total, stored, flagged, flags, retries: sender.retries, durationMs, stopped },
    text:
      `${stopped ? 'Stopped. ' : ''}Stored ${stored}${loop ? '' : ` of ${total}`} fixes in ${(durationMs / 1000).toFixed(1)} s` +
      `${sender.retries > 0 ? `, after ${sender.retries} repetitions` : ''}.\n` +
      (flagged > 0
        ? `By the app's rule ${flagged} of them do not move the marker: ${notes.join(', ')}.`
        : 'None of them is implausible.'),
    exitCode: stopped ? 130 : 0,
  }
}
