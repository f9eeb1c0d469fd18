// Time on paper: the first months at one scale, the years after at another, with a gap in between.
import { after, monthYear } from './format'
import { locale } from './text'

const NEAR = 180
const NEAR_SHARE = 0.5
const GAP = 0.025
const STRETCH = 2.2

export interface Timeline {
  split: boolean
  gap: number
  x(day: number): number
  parts(days: number[]): [number, number][]
  ticks(freeze: string, width: number): { x: number; label: string }[]
}

export function timeline(last: number): Timeline {
  const split = last > STRETCH * NEAR
  const start = NEAR_SHARE + GAP
  const x = (day: number) =>
    !split
      ? day / Math.max(last, 1)
      : day <= NEAR
        ? (NEAR_SHARE * day) / NEAR
        : start + ((1 - start) * (day - NEAR)) / (last - NEAR)
  return {
    split,
    gap: NEAR_SHARE + GAP / 2,
    x,
    parts(days) {
      if (!split) return [[0, days.length]]
      const turn = days.findIndex((day) => day > NEAR)
      return turn < 0 ? [[0, days.length]] : [[0, turn], [turn, days.length]]
    },
    ticks(freeze, width) {
      const found: { x: number; label: string }[] = []
      const month = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' })
      const end = split ? NEAR : last
      const starts: [number, string][] = []
      for (let day = 0; day <= end; day++) {
        const iso = after(freeze, day)
        if (iso.endsWith('-01')) starts.push([day, iso])
      }
      if (starts.length >= 2 && end < 900) {
        const room = Math.max(1, Math.floor((width * (split ? NEAR_SHARE : 1)) / 62))
        const every = [1, 2, 3, 6, 12].find((k) => starts.length / k <= room) ?? 12
        let year = ''
        starts.forEach(([day, iso], i) => {
          if (i % every) return
          const label = iso.slice(0, 4) !== year ? monthYear(iso) : month.format(new Date(`${iso}T00:00:00Z`))
          year = iso.slice(0, 4)
          found.push({ x: x(day), label })
        })
      }
      if (split || end >= 900) {
        const from = split ? NEAR : 0
        const years: [number, string][] = []
        for (let day = from + 1; day <= last; day++) {
          const iso = after(freeze, day)
          if (iso.endsWith('-01-01')) years.push([day, iso.slice(0, 4)])
        }
        const room = Math.max(1, Math.floor((width * (split ? 1 - start : 1)) / 44))
        const every = Math.max(1, Math.ceil(years.length / room))
        years.forEach(([day, label], i) => {
          if (i % every === 0) found.push({ x: x(day), label })
        })
      }
      return found
    },
  }
}

export function lines(days: number[], values: (number | null)[], map: (day: number, value: number) => [number, number], line: Timeline): string {
  return line
    .parts(days)
    .map(([from, to]) => {
      let pen = 'M'
      let text = ''
      for (let i = from; i < to; i++) {
        const value = values[i]
        if (value === null || value === undefined) {
          pen = 'M'
          continue
        }
        const [px, py] = map(days[i], value)
        text += `${pen}${px.toFixed(1)},${py.toFixed(1)}`
        pen = 'L'
      }
      return text
    })
    .join('')
}

export function band(days: number[], low: (number | null)[], high: (number | null)[], map: (day: number, value: number) => [number, number], line: Timeline): string {
  return line
    .parts(days)
    .map(([from, to]) => {
      const there = []
      for (let i = from; i < to; i++) if (low[i] !== null && high[i] !== null) there.push(i)
      if (!there.length) return ''
      const up = there.map((i) => map(days[i], high[i]!).map((v) => v.toFixed(1)).join(','))
      const down = there.reverse().map((i) => map(days[i], low[i]!).map((v) => v.toFixed(1)).join(','))
      return `M${up.join('L')}L${down.join('L')}Z`
    })
    .join('')
}

/** Round steps for an axis from 0 (or below) to the top. */
export function steps(low: number, high: number, count = 4): number[] {
  const reach = high - low || 1
  const raw = reach / count
  const size = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 5, 10].map((m) => m * size).find((one) => one >= raw)!
  const found = []
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-6; at += step) found.push(Number(at.toPrecision(12)))
  return found
}
