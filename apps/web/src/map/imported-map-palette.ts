import type { Scheme } from '../theme/statuses.ts'

/** What an imported map shows beyond the shipped one; as quiet as `basePalettes`. */
export interface ImportedMapPalette {
  readonly wood: string
  readonly grass: string
  readonly square: string
  readonly building: string
  readonly buildingEdge: string
  readonly path: string
  readonly tram: string
  readonly houseNumber: string
}

export const importedMapPalettes: Record<Scheme, ImportedMapPalette> = {
  light: {
    wood: '#c9ddbd',
    grass: '#e0ebd6',
    square: '#faf9f6',
    building: '#e5e0d6',
    buildingEdge: '#d2cabc',
    path: '#d8d1c4',
    tram: '#c9c4ba',
    houseNumber: '#6e6b62',
  },
  dark: {
    wood: '#1b2f23',
    grass: '#1b2822',
    square: '#242a30',
    building: '#242b31',
    buildingEdge: '#363f47',
    path: '#353d44',
    tram: '#3b4248',
    houseNumber: '#8c969e',
  },
}
