import { gzipSync } from 'node:zlib'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { osmAndUrl } from './osmand-sender.ts'
import { parseWholeGpx, readRecording } from './read-recording.ts'
import { createRecording, type Recording, reverseRecording, type TimedFix } from '@fleet/api/recording'
import { parseRideCsv } from './ride-csv.ts'
import { countFlags, createTimetable } from './timetable.ts'

const folder = mkdtempSync(join(tmpdir(), 'fleet-ride-'))
afterAll(() => rmSync(folder, { recursive: true }))

const optional = (max: number) =>
  fc.option(fc.integer({ min: 0, max: max * 10 }).map((tenths) => tenths / 10))
const timedFix: fc.Arbitrary<TimedFix> = fc.record({
  atMs: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2026, 0, 1) }),
  lat: fc.integer({ min: -90_000_000, max: 90_000_000 }).map((e6) => e6 / 1e6),
  lon: fc.integer({ min: -180_000_000, max: 180_000_000 }).map((e6) => e6 / 1e6),
  speedMps: optional(40),
  headingDeg: optional(359),
  accuracyM: fc.constant(null),
  altitudeM: optional(300),
})
const rides = fc.array(timedFix, { minLength: 1, maxLength: 30 })

const recordingOf = (parsed: ReturnType<typeof parseRideCsv>): Recording => {
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  return parsed.recording
}
const expectSameRide = (actual: Recording, expected: Recording) => {
  expect(actual.fixes.length).toBe(expected.fixes.length)
  expect(actual.startedMs).toBe(expected.startedMs)
  for (const [i, fix] of actual.fixes.entries()) {
    const other = expected.fixes[i]!
    expect({ ...fix, speedMps: null }).toEqual({ ...other, speedMps: null })
    if (other.speedMps === null) expect(fix.speedMps).toBeNull()
    else expect(fix.speedMps).toBeCloseTo(other.speedMps, 9)
  }
}

test('a ride written as CSV reads as the same ride, with any order of columns and either line end', () => {
  fc.assert(
    fc.property(rides, fc.boolean(), (timed, windows) => {
      const rows = timed.map(({ atMs, lat, lon, speedMps, headingDeg, altitudeM }) =>
        [
          lon,
          lat,
          altitudeM ?? '',
          new Date(atMs).toISOString(),
          speedMps === null ? '' : speedMps * 3.6,
          headingDeg ?? '',
          'note',
        ].join(','),
      )
      const text = ['lon,lat,altitude_m,time,speed_kmh,heading_deg,remark', ...rows, ''].join(
        windows ? '\r\n' : '\n',
      )
      expectSameRide(recordingOf(parseRideCsv(text)), createRecording(timed, true))
    }),
  )
})

test('a ride written as GPX reads as the same ride', () => {
  fc.assert(
    fc.property(rides, (timed) => {
      const points = timed.map(
        ({ atMs, lat, lon, speedMps, headingDeg, altitudeM }) =>
          `<trkpt lat="${lat}" lon="${lon}">${altitudeM === null ? '' : `<ele>${altitudeM}</ele>`}` +
          `<time>${new Date(atMs).toISOString()}</time><extensions><gpxtpx:TrackPointExtension>` +
          (speedMps === null ? '' : `<gpxtpx:speed>${speedMps}</gpxtpx:speed>`) +
          (headingDeg === null ? '' : `<gpxtpx:course>${headingDeg}</gpxtpx:course>`) +
          `</gpxtpx:TrackPointExtension></extensions></trkpt>`,
      )
      const text = `<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>${points.join('\n')}</trkseg></trk></gpx>`
      expectSameRide(recordingOf(parseWholeGpx(text)), createRecording(timed, true))
    }),
  )
})

test('whatever the file holds, the parsers answer and do not throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      for (const parse of [parseRideCsv, parseWholeGpx]) {
        const parsed = parse(text)
        if (!parsed.ok) expect(parsed.problems.length).toBeGreaterThan(0)
      }
    }),
  )
})

test('every malformed row is told with its line number', () => {
  const parsed = parseRideCsv(
    [
      'time,lat,lon,accuracy_m',
      '10:00:00,52.3,4.9,5',
      '10:00:01,95,4.9,5',
      'soon,52.3,,x',
      '10:00:03,52.3,4.9',
      '25:00:00,52.3,4.9,5',
    ].join('\n'),
  )
  expect(parsed).toEqual({
    ok: false,
    problems: [
      'Line 3: lat is "95"; expected: degrees from -90 to 90.',
      'Line 4: time is "soon"; expected: ISO 8601 with a zone, or a time of day like 13:33:13.693.',
      'Line 4: lon is ""; expected: degrees from -180 to 180.',
      'Line 4: accuracy_m is "x"; expected: metres, or nothing.',
      'Line 5: 3 values, but the header has 4.',
      'Line 6: time is "25:00:00"; expected: ISO 8601 with a zone, or a time of day like 13:33:13.693.',
    ],
  })
})

test.each([
  ['', 'the header lacks time, lat, lon'],
  ['time,lat', 'the header lacks lon'],
  ['time,lat,lon\n', 'there is no fix in the file'],
  ['time,lat,lon\n10:00:00,52,4\n2026-01-01T10:00:00Z,52,4', 'some times have a date and some do not'],
])('CSV %j is refused: %s', (text, sentence) => {
  const parsed = parseRideCsv(text)
  expect(parsed.ok ? '' : parsed.problems.join()).toContain(sentence)
})

test.each([
  ['<gpx><trk>', 'Line 1'],
  ['<gpx></gpx>', 'There is no track point'],
  ['<gpx><trk><trkseg><trkpt lat="52"/></trkseg></trk></gpx>', 'Point 1: lon is ""'],
  ['<gpx><trk><trkseg><trkpt lat="52" lon="4"/></trkseg></trk></gpx>', 'Point 1: it has no time'],
])('GPX %j is refused: %s', (text, sentence) => {
  const parsed = parseWholeGpx(text)
  expect(parsed.ok ? '' : parsed.problems.join()).toContain(sentence)
})

test('a time of GPX without a zone is UTC wherever it is read, and a number is no time', () => {
  vi.stubEnv('TZ', 'Europe/Amsterdam')
  onTestFinished(() => void vi.unstubAllEnvs())
  const gpx = (...times: string[]) =>
    `<gpx><trk><trkseg>${times.map((time) => `<trkpt lat="52" lon="4"><time>${time}</time></trkpt>`).join('')}</trkseg></trk></gpx>`
  const { fixes } = recordingOf(parseWholeGpx(gpx('2026-07-01T10:00:00', '2026-07-01T10:00:05Z')))
  expect(fixes.map(({ offsetMs }) => offsetMs)).toEqual([0, 5_000])
  expect(parseWholeGpx(gpx('5')).ok).toBe(false)
})

test('what a phone writes for unknown is unknown', () => {
  const { fixes } = recordingOf(
    parseRideCsv('time,lat,lon,speed_kmh,heading_deg,accuracy_m\n10:00:00,52,4,-1,-1,\n'),
  )
  expect(fixes[0]).toMatchObject({ speedMps: null, headingDeg: null, accuracyM: null })
})

test('a ride past midnight goes on, and a fix written late is put in its place', () => {
  const { fixes } = recordingOf(
    parseRideCsv('time,lat,lon\n23:59:58,52,4\n00:00:02,52.001,4\n00:00:01,52.0005,4\n'),
  )
  expect(fixes.map(({ offsetMs }) => offsetMs)).toEqual([0, 3_000, 4_000])
})

test('gzip is recognised by its content, and all problems come in one error', async () => {
  const good = join(folder, 'ride.bin')
  writeFileSync(good, gzipSync('time,lat,lon\n10:00:00,52,4\n10:00:10,52.001,4\n'))
  expect((await readRecording(good)).durationMs).toBe(10_000)
  const bad = join(folder, 'bad.csv')
  writeFileSync(bad, `time,lat,lon\n${'x,y,z\n'.repeat(30)}`)
  await expect(readRecording(bad)).rejects.toThrow(
    /has 90 problems; nothing was sent:\nLine 2: time is "x"[^]*and 70 more/,
  )
  await expect(readRecording(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'not_found' })
})

const steady = recordingOf(
  parseRideCsv(
    `time,lat,lon\n${Array.from({ length: 61 }, (_, s) => `10:${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')},${52.3 + s * 0.00005},4.9`).join('\n')}`,
  ),
)

test('pacing is divided by the speed; times stay as far apart as they were and never lie ahead', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), (speed) => {
      const departures = createTimetable(steady, 1_700_000_000_000, speed, { mode: 'now' })
      const last = departures.at(-1)!
      expect(last.sendAtMs).toBeCloseTo(1_700_000_000_000 + 60_000 / speed, 0)
      expect(Math.abs(last.fixTimeMs - last.sendAtMs)).toBeLessThanOrEqual(1)
      for (const { fixTimeMs, sendAtMs } of departures) expect(fixTimeMs).toBeLessThanOrEqual(sendAtMs + 1)
      expect(last.fixTimeMs - departures[0]!.fixTimeMs).toBe(60_000)
      expect(countFlags(departures)).toEqual({ inaccurate: 0, jump: 0, future: 0 })
    }),
  )
})

test('kept times are those of the recording, on the day that was named', () => {
  const [first] = createTimetable(steady, 1_700_000_000_000, 10, {
    mode: 'keep',
    dateMs: Date.UTC(2026, 4, 27),
  })
  expect(new Date(first!.fixTimeMs).toISOString()).toBe('2026-05-27T10:00:00.000Z')
})

test('a loop rides back the way it came', () => {
  const back = reverseRecording(steady)
  expect(back.fixes[0]).toMatchObject({ lat: steady.fixes.at(-1)!.lat, offsetMs: 0 })
  expect(back.fixes.map(({ offsetMs }) => offsetMs)).toEqual(steady.fixes.map(({ offsetMs }) => offsetMs))
})

test('a fix is written as the OsmAnd protocol wants it: knots, milliseconds, unknown left out', () => {
  const url = osmAndUrl('http://host:5055', 'abc', {
    fix: {
      lat: 52.3731,
      lon: 4.8931,
      offsetMs: 0,
      speedMps: 5.144_444,
      headingDeg: 90,
      accuracyM: null,
      altitudeM: null,
    },
    sendAtMs: 0,
    fixTimeMs: 1_700_000_000_123,
  })
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    id: 'abc',
    lat: '52.3731000',
    lon: '4.8931000',
    timestamp: '1700000000123',
    speed: '10.000',
    bearing: '90.0',
  })
})
