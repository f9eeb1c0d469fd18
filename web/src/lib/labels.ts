// Names on a map, placed without overlap, larger towns first.
import type { Ground } from './data'

interface Placed { x: number; y: number; text: string; size: number; strong: boolean; anchor: 'start' | 'end' | 'middle'; dotX: number; dotY: number }
type Box = [number, number, number, number]

let pen: CanvasRenderingContext2D | null = null
function widthOf(text: string, size: number, strong: boolean): number {
  pen ??= document.createElement('canvas').getContext('2d')
  if (!pen) return text.length * size * 0.56
  pen.font = `${strong ? 600 : 400} ${size}px 'IBM Plex Sans', system-ui, sans-serif`
  return pen.measureText(text).width
}

/** Who is named, first come first: the largest, the largest of each area, side and lonely part, then the rest. */
function inOrder(ground: Ground, leader: number[], strong: number): Ground['places'] {
  const order = ground.places.map((place, i) => ({ place, i })).filter((one) => one.place.home && one.place.label)
  order.sort((a, b) => b.place.population - a.place.population)
  const seen = new Set<string>()
  const rank: (typeof order)[] = [[], [], [], []]
  order.forEach((one, n) => {
    const area = `area ${one.place.admin1}`
    const side = `side ${leader[one.i]}`
    const peopled = one.place.population > 0
    const first = peopled && !(seen.has(area) && seen.has(side))
    if (peopled) seen.add(area).add(side)
    rank[n < strong ? 0 : first ? 1 : one.place.far_off ? 2 : 3].push(one)
  })
  return rank.flat().map((one) => one.place)
}

export function labels(ground: Ground, leader: number[], width: number, height: number, k: number): Placed[] {
  const [vx, vy] = ground.view
  const few = width < 480
  const most = Math.max(6, Math.min(44, Math.round(width / (few ? 26 : 18))))
  const taken: Box[] = [
    [0, height - 34, width * 0.24, height],
    [width - 100, height - 70, width, height],
  ]
  const found: Placed[] = []
  const largest = few ? 5 : 10
  const large = [...ground.places].filter((one) => one.home && one.label).map((one) => one.population).sort((a, b) => b - a)[largest - 1] ?? 0
  for (const place of inOrder(ground, leader, largest)) {
    if (found.length >= most) break
    const strong = found.length < largest && place.population >= large
    const size = strong ? (few ? 12 : 13) : 11
    const long = widthOf(place.label, size, strong)
    const px = (place.x - vx) / k
    const py = (place.y - vy) / k
    const spots: [number, number, Placed['anchor']][] = [
      [px + 6, py + size * 0.35, 'start'],
      [px - 6, py + size * 0.35, 'end'],
      [px, py - 6, 'middle'],
      [px, py + size + 4, 'middle'],
      [px, py - size - 6, 'middle'],
      [px, py + size + 12, 'middle'],
    ]
    for (const [x, y, anchor] of spots) {
      const left = anchor === 'start' ? x : anchor === 'end' ? x - long : x - long / 2
      const box: Box = [left - 2, y - size, left + long + 2, y + 4]
      if (box[0] < 2 || box[2] > width - 2 || box[1] < 2 || box[3] > height - 2) continue
      if (taken.some((one) => one[0] < box[2] && box[0] < one[2] && one[1] < box[3] && box[1] < one[3])) continue
      taken.push(box, [px - 3, py - 3, px + 3, py + 3])
      found.push({ x: vx + x * k, y: vy + y * k, text: place.label, size, strong, anchor, dotX: place.x, dotY: place.y })
      break
    }
  }
  return found
}

/** Names of countries in the roomiest spot of their visible part, away from places. */
export function namesOfLands(ground: Ground, width: number, height: number, k: number): { x: number; y: number; text: string }[] {
  const [vx, vy, vw, vh] = ground.view
  if (ground.fictional || width < 300) return []
  const mains = ground.lands.filter((land) => land.main).length
  pen ??= document.createElement('canvas').getContext('2d')
  if (!pen) return []
  const found = []
  const marks = ground.places
  for (const land of ground.lands) {
    if (!land.name || (land.main && mains === 1)) continue
    const text = land.name.toUpperCase()
    const half = (widthOf(text, 11, false) * 1.1) / 2 + 6
    const shape = new Path2D(land.path)
    let best: { x: number; y: number; room: number } | null = null
    for (let i = 1; i < 30; i++)
      for (let j = 1; j < 30; j++) {
        const x = vx + (vw * i) / 30
        const y = vy + (vh * j) / 30
        const corners = [[-half, -14], [half, -14], [-half, 8], [half, 8], [0, 0]]
        const fits = corners.every(([dx, dy]) => {
          const cx = x + dx * k
          const cy = y + dy * k
          return cx > vx && cx < vx + vw && cy > vy && cy < vy + vh - 40 * k && pen!.isPointInPath(shape, cx, cy, 'evenodd')
        })
        if (!fits) continue
        const edge = Math.min(x - vx - half * k, vx + vw - x - half * k, y - vy, vy + vh - y)
        const clear = Math.min(edge, ...marks.map((place) => Math.hypot((place.x - x) / 2, place.y - y)))
        if (!best || clear > best.room) best = { x, y, room: clear }
      }
    if (best) found.push({ x: best.x, y: best.y, text })
  }
  return found
}
