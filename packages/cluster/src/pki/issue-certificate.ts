import { createPrivateKey } from 'node:crypto'
import type { CertificateRequest, IssuedCertificate } from './cluster-pki.ts'
import { loadX509 } from './load-x509.ts'

const dayMs = 86_400_000
/** Ten years. Its key signs again before that: see ensurePki. */
const authorityDays = 3_652
/** The longest that browsers and other strict clients take. */
export const leafDays = 397
/** A host's clock may be behind; deploy refuses more than a second, but drills do worse. */
const backdateMs = 5 * 60_000
/** The curve is that of the key: NIST P-256, which every daemon's TLS library takes. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const

/** A new private key as PKCS #8 in PEM. */
export async function createKeyPem(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${pkcs8.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`
}

/** The authority's own certificate for its key. Signed again with the same key it carries on: what was issued stays valid. */
export async function issueAuthority(name: string, keyPem: string, nowMs: number): Promise<string> {
  const x509 = await loadX509()
  const keys = await importKeys(keyPem)
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: createSerial(),
      subject: [{ CN: [name] }],
      issuer: [{ CN: [name] }],
      notBefore: new Date(nowMs - backdateMs),
      notAfter: new Date(nowMs - backdateMs + authorityDays * dayMs),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: signing,
      extensions: [
        // pathLength 0: what it signs can sign nothing further (RFC 5280, 4.2.1.9).
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  )
  return `${certificate.toString('pem')}\n`
}

export async function issueCertificate(
  request: CertificateRequest,
  authority: IssuedCertificate,
  nowMs: number,
): Promise<IssuedCertificate> {
  const x509 = await loadX509()
  const privateKeyPem = await createKeyPem()
  const keys = await importKeys(privateKeyPem)
  const issuer = new x509.X509Certificate(authority.certificatePem)
  const issuerKeys = await importKeys(authority.privateKeyPem)
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: createSerial(),
      subject: [{ CN: [request.commonName] }],
      issuer: issuer.subjectName,
      notBefore: new Date(nowMs - backdateMs),
      notAfter: new Date(nowMs - backdateMs + leafDays * dayMs),
      publicKey: keys.publicKey,
      signingKey: issuerKeys.privateKey,
      signingAlgorithm: signing,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(request.usages.map((usage) => extendedKeyUsages[usage])),
        new x509.SubjectAlternativeNameExtension([
          ...request.dnsNames.map((value) => ({ type: 'dns' as const, value })),
          ...request.addresses.map((value) => ({ type: 'ip' as const, value })),
        ]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuerKeys.publicKey, false, crypto),
      ],
    },
    crypto,
  )
  return { certificatePem: `${certificate.toString('pem')}\n`, privateKeyPem }
}

/** RFC 5280, 4.2.1.12. */
export const extendedKeyUsages = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const

/** 127 random bits: positive, at most 20 bytes, never the same twice (RFC 5280, 4.1.2.2). */
function createSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  // The first bit is the sign. The second keeps it from being zero or having leading zeros.
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

/** A private key holds its public one, but WebCrypto does not hand it out: as JWK, less the secret, it does. */
async function importKeys(keyPem: string): Promise<CryptoKeyPair> {
  const jwk = createPrivateKey(keyPem).export({ format: 'jwk' })
  const { d: _, ...publicJwk } = jwk
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']),
    crypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
  ])
  return { privateKey, publicKey }
}
