import { locale, t } from './text'

export const DASH = '–'

/** A name inside a sentence: `The army` is `the army` there. */
export const within = (name: string) => name.replace(/^The /, 'the ')
/** An identifier as words, where nothing better is known. */
export const spoken = (ident: string) => ident.replaceAll('_', ' ')

/** Rounded to what is known: two digits. */
export function rounded(value: number, digits = 2): number {
  if (!value || !Number.isFinite(value)) return value || 0
  const size = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1)
  return Math.round(value / size) * size
}

export function number(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return t('number.none')
  const two = rounded(value, digits)
  const places = Math.abs(two) < 1 && two !== 0 ? digits + 1 : Math.abs(two) < 10 ? 1 : 0
  return (Object.is(two, -0) || Math.abs(two) < 1e-9 ? 0 : two).toLocaleString(locale, { maximumFractionDigits: places })
}

export function short(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${number(value / 1e6)}M`
  if (size >= 1e4) return `${number(value / 1e3)}k`
  return number(value)
}

/** About 480,000, range 310,000–720,000. */
export function estimate(low: number | null, middle: number | null, high: number | null): string {
  if (middle === null) return t('number.none')
  const about = t('number.about', { n: number(middle) })
  if (low === null || high === null || (low === high && low === middle)) return about
  return t('number.range', { about, low: number(low), high: number(high) })
}

/** A share as a count of futures that a person can see. */
export function share(count: number, of: number): string {
  if (!of) return t('number.none')
  return t('share.futures', { n: count.toLocaleString(locale), of: of.toLocaleString(locale) })
}

export function inTen(part: number): string {
  if (part <= 0) return t('share.none')
  if (part >= 1) return t('share.all')
  const tens = Math.round(part * 10)
  if (tens === 0) return t('share.few')
  if (tens === 10) return t('share.nearly')
  return t('share.ten', { n: tens })
}

const days = locale === 'en' ? 'en-GB' : locale // 12 July 2014, as everywhere in afternext
const LONG = new Intl.DateTimeFormat(days, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const SHORT = new Intl.DateTimeFormat(days, { month: 'short', year: 'numeric', timeZone: 'UTC' })
const DAY = new Intl.DateTimeFormat(days, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })

const asDate = (iso: string) => new Date(`${iso}T00:00:00Z`)
export const longDate = (iso: string) => LONG.format(asDate(iso))
// British English shortens September to four letters, afternext shortens every month to three.
const three = (text: string) => (locale === 'en' ? text.replace('Sept ', 'Sep ') : text)
export const monthYear = (iso: string) => three(SHORT.format(asDate(iso)))
export const shortDate = (iso: string) => three(DAY.format(asDate(iso)))

/** A sentence with its dates as people write them: questions on record keep 2014-06-12. */
export const dated = (text: string) => text.replace(/\b\d{4}-\d\d-\d\d\b/g, (iso) => longDate(iso))

export function after(freeze: string, day: number): string {
  const at = asDate(freeze)
  at.setUTCDate(at.getUTCDate() + day)
  return at.toISOString().slice(0, 10)
}

/** A length of time as people say it. */
export function span(days: number): string {
  const years = days / 365.25
  const months = days / 30.4375
  if (years >= 0.95 && Math.abs(years - Math.round(years)) < 0.03)
    return Math.round(years) === 1 ? t('span.year') : t('span.years', { n: Math.round(years) })
  if (years >= 1) return t('span.years', { n: years.toFixed(1) })
  if (days > 45 && Math.abs(months - Math.round(months)) < 0.06) return t('span.months', { n: Math.round(months) })
  return days === 1 ? t('span.day') : t('span.days', { n: days })
}

export function duration(seconds: number): string {
  if (seconds < 90) return t('span.seconds', { n: Math.max(1, Math.round(seconds)) })
  if (seconds < 5400) return t('span.minutes', { n: Math.round(seconds / 60) })
  return t('span.hours', { n: (seconds / 3600).toFixed(1) })
}
