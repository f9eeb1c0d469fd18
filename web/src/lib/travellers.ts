// People on the move: ribbons along the roads, as wide as many go, and dots that travel along them.
export const MOST_DOTS = 5000
const SAMPLES = 40
const SECONDS = 3.2 // from one end to the other

interface Setting {
  canvas: HTMLCanvasElement
  scale: number
  perDot: number
  still: boolean
  colour: string
  journeys: [number, number, number][]
  way: (start: number, end: number) => number[][]
}

export class Travellers {
  private setting: Setting | null = null
  private paths: Float32Array[] = []
  private widths: number[] = []
  private journey = new Uint16Array(0)
  private phase = new Float32Array(0)
  private pace = new Float32Array(0)
  private side = new Float32Array(0)
  private timer = 0
  private began = 0
  frames = 0

  set(setting: Setting) {
    this.setting = setting
    const largest = Math.max(1, ...setting.journeys.map(([, , n]) => n))
    this.paths = setting.journeys.map(([a, b]) => sampled(setting.way(a, b)))
    this.widths = setting.journeys.map(([, , n]) => Math.max(0.8, 11 * (n / Math.max(largest, setting.perDot * 120))))
    const counts = setting.journeys.map(([, , n]) => Math.max(1, Math.round(n / setting.perDot)))
    const total = Math.min(MOST_DOTS, counts.reduce((sum, one) => sum + one, 0))
    this.journey = new Uint16Array(total)
    this.phase = new Float32Array(total)
    this.pace = new Float32Array(total)
    this.side = new Float32Array(total)
    let at = 0
    counts.forEach((count, j) => {
      for (let i = 0; i < count && at < total; i++, at++) {
        // A fixed scatter, so that two looks at one date are the same picture.
        this.journey[at] = j
        this.phase[at] = frac(0.61803399 * (i + 1) + 0.377 * j)
        this.pace[at] = 0.75 + 0.5 * frac(0.7548777 * (i + 1))
        this.side[at] = (frac(0.5698403 * (i + 1)) - 0.5) * Math.max(2, this.widths[j])
      }
    })
    setting.canvas.dataset.items = String(total)
    this.draw(this.began ? performance.now() : 0)
  }

  start() {
    if (this.timer) return
    const step = (now: number) => {
      this.timer = requestAnimationFrame(step)
      this.draw(now)
    }
    this.began = performance.now()
    this.timer = requestAnimationFrame(step)
  }

  stop() {
    cancelAnimationFrame(this.timer)
    this.timer = 0
  }

  private draw(now: number) {
    const setting = this.setting
    const pen = setting?.canvas.getContext('2d')
    if (!setting || !pen) return
    pen.setTransform(setting.scale, 0, 0, setting.scale, 0, 0)
    pen.clearRect(0, 0, setting.canvas.width, setting.canvas.height)
    pen.strokeStyle = pen.fillStyle = setting.colour
    pen.lineJoin = pen.lineCap = 'round'
    pen.globalAlpha = setting.still ? 0.4 : 0.16
    this.paths.forEach((path, j) => {
      pen.lineWidth = this.widths[j]
      pen.beginPath()
      pen.moveTo(path[0], path[1])
      for (let i = 1; i < SAMPLES; i++) pen.lineTo(path[2 * i], path[2 * i + 1])
      pen.stroke()
    })
    if (!setting.still) {
      const time = now / 1000 / SECONDS
      pen.globalAlpha = 0.7
      for (let i = 0; i < this.journey.length; i++) {
        const path = this.paths[this.journey[i]]
        const along = frac(this.phase[i] + time * this.pace[i]) * (SAMPLES - 1)
        const at = along | 0
        const part = along - at
        const x0 = path[2 * at]
        const y0 = path[2 * at + 1]
        const dx = path[2 * at + 2] - x0
        const dy = path[2 * at + 3] - y0
        const long = Math.sqrt(dx * dx + dy * dy) || 1
        const off = this.side[i] / long
        pen.fillRect(x0 + part * dx - dy * off - 0.8, y0 + part * dy + dx * off - 0.8, 1.6, 1.6)
      }
    }
    pen.globalAlpha = 1
    this.frames += 1
    setting.canvas.dataset.frames = String(this.frames)
  }
}

const frac = (value: number) => value - Math.floor(value)

/** Points at even distances along a way, a little to the right of it, so that both directions show. */
function sampled(way: number[][]): Float32Array {
  const lengths = [0]
  for (let i = 1; i < way.length; i++) lengths.push(lengths[i - 1] + Math.hypot(way[i][0] - way[i - 1][0], way[i][1] - way[i - 1][1]))
  const whole = lengths[lengths.length - 1] || 1
  const found = new Float32Array(2 * SAMPLES)
  let leg = 0
  for (let i = 0; i < SAMPLES; i++) {
    const at = (whole * i) / (SAMPLES - 1)
    while (leg < way.length - 2 && lengths[leg + 1] < at) leg++
    const [a, b] = [way[leg], way[leg + 1]]
    const long = lengths[leg + 1] - lengths[leg] || 1
    const part = (at - lengths[leg]) / long
    found[2 * i] = a[0] + part * (b[0] - a[0]) - ((b[1] - a[1]) / long) * 1.5
    found[2 * i + 1] = a[1] + part * (b[1] - a[1]) + ((b[0] - a[0]) / long) * 1.5
  }
  return found
}
