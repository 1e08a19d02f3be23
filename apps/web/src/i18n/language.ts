import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Translation } from './en.ts'

export const languages = ['en', 'nl'] as const
export type Language = (typeof languages)[number]

/** In its own language: whoever looks for it may not read the other. */
export const languageNames: Record<Language, string> = { en: 'English', nl: 'Nederlands' }

const storageKey = 'fleet-language'

/** Only the language in use is loaded. */
const words: Record<Language, () => Promise<Translation>> = {
  en: async () => (await import('./en.ts')).en,
  nl: async () => (await import('./nl.ts')).nl,
}

/**
 * The person's choice, else the first of the browser's languages that we speak, else English.
 *
 * @param preferred as `navigator.languages`
 */
export function pickLanguage(stored: string | null, preferred: readonly string[]): Language {
  const spoken = (tag: string | null) => languages.find((language) => tag?.toLowerCase().startsWith(language))
  for (const tag of [stored, ...preferred]) {
    const language = spoken(tag)
    if (language !== undefined) return language
  }
  return 'en'
}

let ofServer = (sentence: string): string => sentence

/** What the server said, in the language in use: the server speaks English. */
export const serverWords = (sentence: string): string => ofServer(sentence)

export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'none',
    fallbackLng: false,
    defaultNS: 'app',
    resources: {},
    // React escapes.
    interpolation: { escapeValue: false },
  })
  await setLanguage(pickLanguage(readStored(), navigator.languages))
}

export async function setLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'app'))
    i18next.addResourceBundle(language, 'app', await words[language]())
  ofServer = language === 'en' ? (sentence) => sentence : (await import('./server-nl.ts')).toDutch
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

/** As `setLanguage`, and for next time. */
export async function chooseLanguage(language: Language): Promise<void> {
  await setLanguage(language)
  try {
    localStorage.setItem(storageKey, language)
  } catch {
    // Storage may be forbidden; the choice then lasts until the page is closed.
  }
}

export const currentLanguage = (): Language => pickLanguage(i18next.language, [])

function readStored(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}
