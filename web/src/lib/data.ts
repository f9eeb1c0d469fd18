// What the server sends.
export interface Side { id: string; name: string; kind: string; colour: string }
export interface Place {
  id: string; name: string; label: string; kind: string; admin1: string; admin2: string; pcode: string; country: string
  lat: number; lon: number; population: number; confidence: string; source: string; x: number; y: number; home: boolean; far_off: boolean
}
export interface Ground {
  view: [number, number, number, number]
  fictional: boolean
  lands: { name: string; main: boolean; path: string }[]
  rivers: string[]
  lakes: string[]
  areas: string[]
  empty: string
  seams: [number, number, string][]
  places: Place[]
  routes: [number, number, string, number][]
  sides: Side[]
  days: number[]
  dates: string[]
}
export interface CaseGround extends Ground { holder: string[]; attacked: boolean[]; sheltering: number[] }
export interface Scenes {
  future: number | null
  futures: number
  leader: number[][]
  held: number[][]
  contested: number[][]
  sheltering: (number | null)[][]
  low: (number | null)[][]
  high: (number | null)[][]
  journeys: [number, number, number][][]
  ways: Record<string, number[]>
}
/** One date of a map, whatever it came from. */
export interface Scene {
  futures: number
  leader: number[]
  held: number[]
  contested: number[]
  sheltering: (number | null)[]
  journeys: [number, number, number][]
}
export interface Outcomes { day: number; futures: number[]; leader: number[][]; contested: number[][]; sheltering: number[][] }
export interface Head {
  run: string; scenario: string; title: string; fictional: boolean; freeze: string; futures: number; asked: number
  failed: number; seed: number; days: number; strategies: string[]; digest: string; model: string
  horizons: number[]; foot: [string, string]; scored: boolean
}
export interface RunState {
  run: string; state: string; scenario?: string; title?: string; freeze?: string; futures?: number; seed?: number
  days?: number; strategies?: string[]; started?: string; ended?: string; done?: number; failed?: number
  rate?: number | null; seconds_left?: number | null; seconds?: number; message?: string; head?: Head; given?: string
}
export interface Curves {
  days: number[]; dates: string[]; quantiles: number[]
  measures: Record<string, { unit: string; meaning: string; bands: (number | null)[][] }>
}
export interface Card {
  place: string; days: number[]; quantiles: number[]; bands: (number | null)[][]; held: Record<string, number[]>
  contested: number[]; futures: number
  ranges: { day: number; low: number | null; middle: number | null; high: number | null; dots: (number | null)[] }[]
}
export interface Family {
  id: string; name: string; share_of_futures: number; range: [number, number]; medoid_future: number
  figures: Record<string, { median: number; low: number; high: number }>; story: string[]
}
export interface Rule {
  rule: string; hit_rate: number; false_alarm_rate: number; share_right_when_seen: number
  lead_days: { median: number; low: number; high: number }
}
export interface Tree {
  scenario: string; futures: number; seed: number; measures: string[]; labels: Record<string, string>
  levels: { day: number; date: string; gap: number; clear: string; named_by: string[]; families: Family[] }[]
  links: {
    near_day: number; deep_day: number
    told: { bits: number; share_of_uncertainty: number; permutation_p: number; best_guess_with: number; best_guess_without: number }
    flows: { from: string; to: string; share_of_futures: number; share_of_source: number; range: [number, number] }[]
  }[]
  reached_from_every_near_family: { family: string; least_share_of_futures: number }[]
  signposts: { target: string; name: string; day: number; share_of_futures: number; watch: number | null; rules: Rule[] }[]
  not_told_apart: { until_day: number; families: string[]; ordered_rightly: number }[]
  members: Record<string, number[]>[]
}

export const STEPS = [0.4, 0.55, 0.7, 0.85, 1]
/** Shares of futures are shown in five steps, so that a colour can be read off the key. */
export const stepOf = (share: number) => STEPS.reduce((best, one, i) => (Math.abs(one - share) < Math.abs(STEPS[best] - share) ? i : best), 0)
export const STRENGTH = 0.55 // opacity of a side's colour; always the same, since two pale tints are hard to tell apart
export const STRIPE = 5 // screen points from one stripe to the next
/** Part of the ground that is coloured at each of the steps: in stripes, and filled where all futures agree. */
export const COVERED = [0.25, 0.4, 0.55, 0.75, 1]

export function nice(value: number): number {
  if (value <= 1) return 1
  const size = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((m) => m * size).find((step) => step >= value)!
}
