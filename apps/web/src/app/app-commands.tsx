import { useMantineColorScheme } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconInfoCircle,
  IconKeyboard,
  IconLanguage,
  IconLink,
  IconMapPlus,
  IconMoon,
  IconPrinter,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useUndoHistory } from '../actions/use-actions.ts'
import { openMapWindow } from '../desktop/map-window.ts'
import { chooseLanguage, languageNames, languages } from '../i18n/language.ts'
import { useSavedViewEntries } from '../list-page/use-saved-views.ts'
import type { PaletteEntry } from '../palette/palette-registry.ts'
import { usePaletteEntries } from '../palette/use-palette-entries.ts'
import { pages } from './pages.ts'
import { useServices } from './services.ts'
import { useRole } from './session.ts'
import { modKey, useShortcuts } from './shortcuts.ts'

interface AppCommandsProps {
  readonly onPalette: () => void
  readonly onShortcuts: () => void
  readonly onAbout: () => void
}

/** How long after `g` the second key counts. */
const secondKeyMs = 1_500

/** What works on every page, by key and through the palette. Draws nothing. */
export function AppCommands({ onPalette, onShortcuts, onAbout }: AppCommandsProps) {
  const { t, i18n } = useTranslation()
  const { actions, toasts } = useServices()
  const navigate = useNavigate()
  const role = useRole()
  const { undoable, redoable } = useUndoHistory()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const last = undoable.at(-1)
  const next = redoable.at(-1)
  const gAtMs = useRef(0)

  const shown = useMemo(() => pages.filter((page) => role !== undefined && page.roles.includes(role)), [role])
  const entries = useMemo(
    (): readonly PaletteEntry[] => [
      ...shown.map((page): PaletteEntry => ({
        id: `page-${page.path}`,
        group: 'page',
        icon: page.icon,
        title: t(page.label),
        shortcut: `G ${page.key.toUpperCase()}`,
        run: () => void navigate({ to: page.path }),
      })),
      ...(last === undefined
        ? []
        : [
            {
              id: 'undo',
              group: 'app' as const,
              icon: IconArrowBackUp,
              title: t('palette.undo', { done: last.done }),
              shortcut: `${modKey} Z`,
              run: () => actions.undo(),
            },
          ]),
      ...(next === undefined
        ? []
        : [
            {
              id: 'redo',
              group: 'app' as const,
              icon: IconArrowForwardUp,
              title: t('palette.redo', { done: next.done }),
              shortcut: `${modKey} ⇧ Z`,
              run: () => actions.redo(),
            },
          ]),
      {
        id: 'copy-link',
        group: 'app',
        icon: IconLink,
        title: t('palette.copyLink'),
        run: () =>
          void copyText(location.href).then((copied) =>
            toasts.show(
              copied
                ? { tone: 'done', text: t('palette.linkCopied') }
                : { tone: 'failed', text: t('palette.linkNotCopied'), detail: location.href },
            ),
          ),
      },
      {
        id: 'theme',
        group: 'app',
        icon: IconMoon,
        title: t(colorScheme === 'dark' ? 'palette.toLight' : 'palette.toDark'),
        run: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
      },
      ...languages
        .filter((language) => language !== i18n.language)
        .map((language): PaletteEntry => ({
          id: `language-${language}`,
          group: 'app',
          icon: IconLanguage,
          title: languageNames[language],
          keywords: `${t('menu.language')} language taal`,
          run: () => void chooseLanguage(language),
        })),
      {
        id: 'shortcuts',
        group: 'app',
        icon: IconKeyboard,
        title: t('menu.shortcuts'),
        shortcut: '?',
        run: onShortcuts,
      },
      {
        id: 'print',
        group: 'app',
        icon: IconPrinter,
        title: t('print.open'),
        shortcut: `${modKey} P`,
        run: () => setTimeout(() => window.print()),
      },
      {
        id: 'map-window',
        group: 'app',
        icon: IconMapPlus,
        title: t('desktop.mapWindow'),
        run: openMapWindow,
      },
      {
        id: 'about',
        group: 'app',
        icon: IconInfoCircle,
        title: t('desktop.about.open'),
        run: onAbout,
      },
    ],
    [
      shown,
      t,
      i18n.language,
      navigate,
      last,
      next,
      actions,
      toasts,
      colorScheme,
      setColorScheme,
      onShortcuts,
      onAbout,
    ],
  )
  usePaletteEntries(entries)
  usePaletteEntries(useSavedViewEntries())

  useShortcuts({ 'mod+k': onPalette }, { everywhere: true })
  useShortcuts({
    '?': onShortcuts,
    'mod+z': () => actions.undo(),
    'mod+shift+z': () => actions.redo(),
    'mod+y': () => actions.redo(),
    g: (event) => {
      gAtMs.current = event.timeStamp
    },
  })
  useShortcuts(
    Object.fromEntries(
      shown.map((page) => [
        page.key,
        (event: KeyboardEvent) => {
          // When the keys were pressed, not when we got round to them.
          if (event.timeStamp - gAtMs.current > secondKeyMs) return false
          gAtMs.current = 0
          void navigate({ to: page.path })
          return true
        },
      ]),
    ),
  )
  return null
}

/** Browsers keep the clipboard from pages that came over plain http. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
