import { en } from '../texts/en'

// One catalogue a language; a further one is a file of the same keys, and says which way it is written.
const catalogues = { en }
const language: keyof typeof catalogues = 'en'
const catalogue = catalogues[language]

export type Key = keyof typeof en.texts

export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text: string = catalogue.texts[key]
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''))
}

/** One thing or many, as the language counts. */
export function n(key: string, count: number, values: Record<string, string | number> = {}): string {
  const form = new Intl.PluralRules(language).select(count) === 'one' ? 'one' : 'other'
  return t(`${key}.${form}` as Key, { n: count.toLocaleString(language), ...values })
}

export function applyLanguage() {
  document.documentElement.lang = language
  document.documentElement.dir = catalogue.direction
}

export const locale = language
