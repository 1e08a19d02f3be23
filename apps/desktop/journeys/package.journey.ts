import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../fleet/testing/fleet-command.ts'
import { CleanDebian } from '../testing/clean-debian.ts'
import { Screen } from '../testing/screen.ts'

const file = process.env['FLEET_DESKTOP_DEB'] ?? ''
const pictures = join(import.meta.dirname, '../test-results')

test('the package installs into a clean Debian 13, shows the map, and leaves nothing but the user’s data', async () => {
  const screen = await Screen.open()
  const debian = await CleanDebian.open({ '/package.deb': file })
  try {
    debian.run(
      'apt-get -q update && apt-get -qy install --no-install-recommends /package.deb && dpkg --audit',
    )
    debian.run('useradd --create-home eva')
    expect(debian.run('ldd /usr/bin/amsterdam-bike-fleet')).not.toContain('not found')

    const app = debian.start(
      `export DISPLAY=${screen.name} FLEET_OSMAND_PORT=off FLEET_DB=/home/eva/fleet.db; exec dbus-run-session amsterdam-bike-fleet`,
      'eva',
    )
    const ended = once(app, 'exit')
    await until('the map is painted', () => screen.showsMap() || null, 90_000).finally(() => {
      mkdirSync(pictures, { recursive: true })
      writeFileSync(join(pictures, 'package.png'), screen.picture())
    })
    debian.run('kill -TERM $(cat /proc/[0-9]*/stat | sed -n "s/^\\([0-9]*\\) (amsterdam-bike-.*/\\1/p")')
    await ended

    debian.run('apt-get -qy purge amsterdam-bike-fleet')
    const left = debian.run(
      'find / -xdev \\( -path /package.deb -o -path /proc \\) -prune -o -iname "*amsterdam*bike*" -print',
    )
    expect(
      left
        .trim()
        .split('\n')
        .filter((path) => !path.startsWith('/home/eva/')),
    ).toEqual([])
    expect(debian.run('head -c 15 /home/eva/fleet.db')).toBe('SQLite format 3')
  } finally {
    await debian.close()
    await screen.close()
  }
  // The first time, Debian and what the package needs of it are fetched.
}, 600_000)
