import type { ImportKind } from './file-import-context.ts'

/** What was dropped: an import, or why there is none. */
export type DroppedFiles =
  | { readonly kind: ImportKind }
  /** The app imports nothing of this kind. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Deliveries and rides at once. */
  | { readonly kind: 'mixed' }
  /** Deliveries come from one file at a time, so that one preview shows all of them. */
  | { readonly kind: 'too_many' }

/** Says by their names what files are for. */
export function sortFiles(files: readonly Pick<File, 'name'>[]): DroppedFiles {
  const kinds = files.map(({ name }) => kindOf(name))
  const stranger = kinds.indexOf(null)
  if (stranger >= 0) return { kind: 'unknown', name: files[stranger]!.name }
  if (kinds.every((kind) => kind === 'rides')) return { kind: 'rides' }
  if (kinds.some((kind) => kind === 'rides')) return { kind: 'mixed' }
  return files.length === 1 ? { kind: 'deliveries' } : { kind: 'too_many' }
}

function kindOf(name: string): ImportKind | null {
  if (/\.gpx$/i.test(name)) return 'rides'
  return /\.csv$/i.test(name) ? 'deliveries' : null
}
