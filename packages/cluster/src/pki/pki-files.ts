import { join } from 'node:path'
import type { ClusterHome } from '../home.ts'

export interface CertificateFiles {
  readonly certificate: string
  readonly privateKey: string
}

/** @param name of a CertificateRequest: `pg-node-1/etcd`, `operator` */
export const certificateFiles = (home: ClusterHome, name: string): CertificateFiles => ({
  certificate: join(home.pkiDirectory, `${name}.crt`),
  privateKey: join(home.pkiDirectory, `${name}.key`),
})

export const authorityFiles = (home: ClusterHome): CertificateFiles => certificateFiles(home, 'ca')
