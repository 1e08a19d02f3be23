import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A new folder with `cert.pem` and `key.pem` of a server at 127.0.0.1, which `ca.pem` has signed, and `other.pem`, an
 * authority that has signed nothing. PostgreSQL can read all of it; the caller removes it.
 */
export function makeCertificates(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-tls-'))
  const openssl = (line: string) => execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe' })
  for (const name of ['ca', 'other'])
    openssl(`req -x509 -newkey rsa:2048 -nodes -subj /CN=${name} -keyout ${name}.key -out ${name}.pem`)
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1')
  openssl('req -newkey rsa:2048 -nodes -subj /CN=db -keyout key.pem -out request.pem')
  openssl('x509 -req -in request.pem -CA ca.pem -CAkey ca.key -out cert.pem -extfile names')
  chmodSync(join(folder, 'key.pem'), 0o600)
  if (process.getuid?.() === 0) {
    // PostgreSQL runs as its own user then, and wants to own its key.
    const uid = Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }))
    for (const file of ['', ...readdirSync(folder)]) chownSync(join(folder, file), uid, uid)
  }
  return folder
}
