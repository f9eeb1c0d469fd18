// Results of the other analyses, as their commands print them (docs/reference/json.md).
export interface Paired { difference: number; low: number; high: number; beyond_noise?: boolean; less_in_share_of_futures?: number }
export interface Three { '0.1': number; '0.5': number; '0.9': number }
export interface Delivery {
  decided_in_share_of_futures: number; delivered_in_share_of_futures: number; refused_in_share_of_futures: number
  decision_day: Three | null; effect_day: Three | null; days_from_decision_to_effect: Three | null; mean_days: Record<string, number>
}
export interface WindowDoc {
  futures: number; seed: number; freeze: string; move: string; by: string; to: string | null; share_wanted: number; headline: string; sentences: string[]
  goal: { goal: string; said?: string; name: string }
  without: { goal_met: number | null; mean: number | null }
  delays: { day: number; date: string; smallest_scale: number | string; share_of_first_effect_left: number | null; at: { scale: number; goal_met: number | null; mean: number | null; gain: Paired; loss: Paired }[] }[]
  decided_today: Delivery; left_to_itself: Delivery; decide_by_day: Record<string, number | null>
  triggers: { look_day: number; look_date: string; people: number; share_of_futures: number; signal: string | null; why_none: string | null; hit_rate: number | null; false_alarm_rate: number | null; lead_days: { median: number; low: number; high: number } | null }[]
}
export interface DecideDoc {
  futures: number; seed: number; days: number[]; freeze: string
  strategies: { id: string; title: string; why: string; goals_met: (number | null)[]; pareto: number[]; cost: Record<string, number | null> | null }[]
  metrics: { id: string; name: string; unit: string; better: string; meaning: string; source: string }[]
  goals: { goal: string; said?: string; name: string; better: string; strategies: { id: string; holds_until_day: number | null; at: { day: number; quantiles: Record<string, number | null>; metrics: Record<string, number | null> }[] }[] }[]
  best: { day: number; strategy: string; goals_met: number | null; best_in_share_of_resamples: number; not_told_apart: string[] }[]
  vulnerable: { strategy: string; why_not?: string; condition?: string; boxes?: { sentence: string; coverage: number; density: number }[] }[]
}
export interface PathwaysDoc {
  futures: number; seed: number; goal: string; said?: string; wanted_share_of_futures: number; freeze: string; last_day: number; best_single_strategy: string; judged_from_day?: number
  strategies: { strategy: string; title: string; tips: { day: number | null; early: number | null; late: number | null; censored: boolean }; good_again_from_day?: number | null; good_at_the_end_share_of_futures: unknown; trigger: unknown; still_good_share_of_futures: { day: number; share: number; low: number; high: number }[] }[]
  switches: { from: string; to: string; day: number; date: string; as_good: { from_day: number; to_day: number }; use_by_day: number | null; gain_over_staying: unknown }[]
}
export interface PrincipleDoc {
  futures: number; seed: number; near_day: number; deep_day: number; strategies: Record<string, string>; families_are: string
  moral_hazard: { inclusion_at_freeze: number; days: number[]; inclusion: Record<string, number[]> }
  conditions_met: { met: number; median_day: number | null }
  groups: { id: string; name: string; share_of_futures: number; futures: number; best: string[]; value: Record<string, { mean: number; low: number; high: number }>; gain: { from: string; to: string; mean: number; low: number; high: number }[] }[]
}
export interface Learnt { name: string; about: string; columns: string[]; value: number; range: [number, number]; p: number; above_noise: boolean; choice_changes_share_of_futures: number; rule: string }
export interface ValueDoc {
  scenario: string; futures: number; seed: number; goal: string; said?: string; unit: string; better: string; strategies: string[]; titles?: Record<string, string>
  horizons: { day: number; best: string; second: string; perfect_information: number; noise_floor: number; inputs: Learnt[]; groups: Learnt[] }[]
}
export interface EvidenceDoc {
  seed: number; freeze: string
  quantities: { about: string; place: string | null; first: string; last: string; kind: string; quantiles: Record<string, number> | null; chance: number | null; remark: string
    claims: { published: string; who: string; low: number | null; best: number | null; high: number | null; as_reported: string; reliability: string; credibility: number; counted: boolean; say: number | null; remark: string }[] }[]
  sources: { who: string; claims: number; overstates_by_factor: number; range: number[] }[]
}
export interface HindcastDoc {
  futures: number; seed: number; freeze: string; asked: number; scored: number; coverage80: number | null; notes: string[]
  questions: Question[]; misses: Question[]; skill: unknown
  reliability: { forecast: number; observed: number; count: number; consistent: [number, number] }[]
}
export interface Question { id: string; text: string; kind: string; day: number; lead: number; forecast: unknown; outcome: unknown; outcome_words: string; score: number; baselines: Record<string, number> }
export interface Kept<T> { file: string; content: T }
export interface Saved {
  found: { window?: Kept<WindowDoc>[]; decide?: Kept<DecideDoc>[]; pathways?: Kept<PathwaysDoc>[]; principle?: Kept<PrincipleDoc>[]; value?: Kept<ValueDoc>[]; evidence?: Kept<EvidenceDoc>[]; hindcast?: Kept<HindcastDoc>[] }
  can: string[]; jobs: { kind: string; state: string; message: string }[]; moves: { id: string; name: string }[]; given: string
}

// Cividis (Nuñez and others 2018): even to the eye, also without colour sight.
const RAMP = ['#00224e', '#123570', '#3b496c', '#575d6d', '#707173', '#8a8678', '#a59c74', '#c3b369', '#e1cc55', '#fee838']
export function heat(share: number): string {
  return RAMP[Math.max(0, Math.min(RAMP.length - 1, Math.round(share * (RAMP.length - 1))))]
}
export const inkOn = (share: number) => (share > 0.5 ? '#14171c' : '#ffffff')
