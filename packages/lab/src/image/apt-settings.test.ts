import { expect, test } from 'vitest'
import { debianCodename, netrcOf, parseAptDump, parseIndexTargets } from './apt-settings.ts'

test('the mirror is where the machine gets its own Debian from, not a repository that resembles it', () => {
  const targets = [
    'https://packages.example.com/apt/|cloud-bookworm|main|',
    'https://mirror.example.nl/debian-security/|bookworm-security|main|/usr/share/keyrings/debian.gpg',
    'https://mirror.example.nl/debian/|bookworm|contrib|/usr/share/keyrings/debian.gpg',
    'https://mirror.example.nl/debian/|bookworm|main|/usr/share/keyrings/debian.gpg',
    'http://other.example.nl/debian/|bookworm|main|',
  ].join('\n')
  expect(parseIndexTargets(targets, 'bookworm')).toEqual({
    mirror: 'https://mirror.example.nl/debian',
    keyring: '/usr/share/keyrings/debian.gpg',
  })
})

test('a key that is written into the sources is no file of keys', () => {
  const targets = 'http://mirror.example.nl/debian/|trixie|main|-----BEGIN PGP PUBLIC KEY BLOCK-----'
  expect(parseIndexTargets(targets, 'trixie').keyring).toBeNull()
})

test('a machine that has no Debian mirror, or only a disc, uses Debian’s own', () => {
  const own = { mirror: 'http://deb.debian.org/debian', keyring: null }
  expect(parseIndexTargets('', 'trixie')).toEqual(own)
  expect(parseIndexTargets('cdrom://[Debian 13]/|trixie|main|', 'trixie')).toEqual(own)
  expect(parseIndexTargets('http://archive.ubuntu.com/ubuntu/|noble|main|', null)).toEqual(own)
})

test('another system’s release is not Debian’s, even if it calls itself like it', () => {
  expect(debianCodename('ID=debian\nVERSION_CODENAME=trixie\n')).toBe('trixie')
  expect(debianCodename('ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n')).toBeNull()
})

test('what concerns fetching goes into the image’s apt, programs of this machine do not', () => {
  const dump = [
    'APT "";',
    'Acquire "";',
    'Acquire::http "";',
    'Acquire::http::Proxy "http://proxy.example.nl:3128";',
    'Acquire::http::Proxy-Auto-Detect "/usr/bin/auto-apt-proxy";',
    'Acquire::Retries "3";',
    'Dir::Etc "etc/apt";',
  ].join('\n')
  const { acquire, proxy, proxyProgram } = parseAptDump(dump)
  expect(proxyProgram).toBe('/usr/bin/auto-apt-proxy')
  expect(proxy).toBe('http://proxy.example.nl:3128')
  expect(acquire.split('\n')).toEqual([
    'Acquire::http::Proxy "http://proxy.example.nl:3128";',
    'Acquire::Retries "3";',
  ])
})

test('DIRECT is the absence of a proxy', () => {
  expect(parseAptDump('Acquire::http::Proxy "DIRECT";').proxy).toBeNull()
})

test('passwords are for hosts: wget knows no schemes and paths', () => {
  const auth =
    'machine https://mirror.example.nl/debian/ login me password s3cret\nmachine plain.example.nl login a password b'
  expect(netrcOf(auth)).toBe(
    'machine mirror.example.nl login me password s3cret\nmachine plain.example.nl login a password b',
  )
})
