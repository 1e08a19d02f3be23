import { createContext, use } from 'react'

/** What the app reads from files, wherever in it they come. */
export type ImportKind = 'deliveries' | 'rides'

/** Opens the dialog of an import; with files it begins with them, without it asks for one. */
export type OpenImport = (kind: ImportKind, files?: readonly File[]) => void

export const FileImportContext = createContext<OpenImport | null>(null)

export function useOpenImport(): OpenImport {
  const open = use(FileImportContext)
  if (open === null) throw new Error('useOpenImport outside FileImports')
  return open
}
