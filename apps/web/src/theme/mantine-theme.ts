import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** Delft blue. */
const delft: MantineColorsTuple = [
  '#eaf3fc',
  '#d2e4f6',
  '#a3c8ee',
  '#70a9e6',
  '#4790df',
  '#2a7fdb',
  '#0b62b8',
  '#0a559f',
  '#084784',
  '#06386a',
]

/** Mantine's greys of the dark scheme, in the blue of our own surfaces: text first, body in the middle. */
const dark: MantineColorsTuple = [
  '#d5dbe0',
  '#b7c0c8',
  '#8e9aa3',
  '#66727c',
  '#333d45',
  '#272f36',
  '#11161a',
  '#161b20',
  '#0f1417',
  '#0c1013',
]

export const mantineTheme = createTheme({
  primaryColor: 'delft',
  primaryShade: 6,
  colors: { delft, dark },
  defaultRadius: 6,
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-code)',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: { fontFamily: 'var(--font-text)', fontWeight: '600' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  autoContrast: true,
  focusRing: 'auto',
})

/** Mantine's parts take our surfaces, so that a menu and a panel are one family. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#14191d',
    '--mantine-color-dimmed': '#505c66',
    '--mantine-color-default-border': '#d3d9de',
    '--mantine-color-placeholder': '#66727c',
    '--mantine-color-error': '#b42b08',
  },
  dark: {
    '--mantine-color-body': '#161b20',
    '--mantine-color-text': '#e6eaed',
    '--mantine-color-dimmed': '#a7b2ba',
    '--mantine-color-default': '#1c2329',
    '--mantine-color-default-hover': '#232b32',
    '--mantine-color-default-border': '#333d45',
    '--mantine-color-placeholder': '#8a969f',
    '--mantine-color-error': '#ff8a63',
  },
})
