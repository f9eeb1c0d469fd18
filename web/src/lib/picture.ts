// A figure as one drawing: texts, boxes, canvases and the drawings in it are read off the page as they stand,
// so that a picture that was taken away still says what it shows and where it comes from.
import regular from '../../../src/afternext/brief/fonts/IBMPlexSans-Regular-Latin1.woff2?url'
import strong from '../../../src/afternext/brief/fonts/IBMPlexSans-SemiBold-Latin1.woff2?url'

const SVG = 'http://www.w3.org/2000/svg'
const FAMILY = "'IBM Plex Sans', system-ui, sans-serif"
const MARGIN = 20
const CONTROLS = new Set(['BUTTON', 'INPUT', 'TEXTAREA', 'SCRIPT', 'STYLE', 'SUMMARY'])
const KEPT = [
  'fill', 'fill-opacity', 'fill-rule', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity', 'opacity',
  'stroke-linejoin', 'stroke-linecap', 'stop-color', 'stop-opacity', 'font-family', 'font-size', 'font-weight',
  'text-anchor', 'dominant-baseline', 'paint-order', 'display', 'vector-effect', 'letter-spacing', 'visibility',
]

export interface Words { title: string; subtitle: string; foot: string }
export interface Drawn { svg: string; width: number; height: number }

let pen: CanvasRenderingContext2D | null = null
function measure(font: string): CanvasRenderingContext2D {
  pen ??= document.createElement('canvas').getContext('2d')!
  pen.font = font
  return pen
}

function make(name: string, values: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(values))
    element.setAttribute(key, typeof value === 'number' ? String(Math.round(value * 100) / 100) : value)
  if (text !== undefined) element.textContent = text
  return element
}

// Only the fourth number of rgba() is how much shows; the third of rgb() is blue, and orange has none.
const clear = (colour: string) => colour === 'transparent' || /^rgba\(.*,\s*0\)$/.test(colour) || /\/\s*0\)$/.test(colour)

/** A copy of a drawing that needs no style sheet. */
function plain(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const from = [svg, ...svg.querySelectorAll('*')]
  const to = [copy, ...copy.querySelectorAll('*')]
  from.forEach((element, i) => {
    const look = getComputedStyle(element)
    for (const name of KEPT) {
      const value = look.getPropertyValue(name)
      if (value) to[i].setAttribute(name, value)
    }
    for (const name of ['class', 'style', 'tabindex', 'role', 'aria-hidden', 'aria-pressed']) to[i].removeAttribute(name)
  })
  return copy
}

class Sheet {
  readonly layer = document.createElementNS(SVG, 'g')
  right = 0
  bottom = 0
  constructor(private readonly left: number, private readonly top: number) {}

  private place(element: Element, box: DOMRect, opacity: number) {
    if (opacity < 1) element.setAttribute('opacity', String(opacity))
    this.layer.append(element)
    this.right = Math.max(this.right, box.right - this.left)
    this.bottom = Math.max(this.bottom, box.bottom - this.top)
  }

  walk(element: Element, opacity = 1) {
    if (CONTROLS.has(element.tagName) || element.hasAttribute('data-aside') || !element.getClientRects().length) return
    const look = getComputedStyle(element)
    if (look.visibility === 'hidden' || look.clipPath.startsWith('inset(50%')) return
    const shade = opacity * Number(look.opacity)
    const box = element.getBoundingClientRect()
    const at = { x: box.left - this.left, y: box.top - this.top, width: box.width, height: box.height }
    if (element instanceof SVGSVGElement) {
      const copy = plain(element)
      if (!copy.getAttribute('viewBox')) copy.setAttribute('viewBox', `0 0 ${box.width} ${box.height}`)
      for (const [key, value] of Object.entries(at)) copy.setAttribute(key, String(value))
      this.place(copy, box, opacity)
      return
    }
    if (element instanceof HTMLCanvasElement) {
      if (element.width && element.height) this.place(make('image', { ...at, href: element.toDataURL() }), box, shade)
      return
    }
    this.box(look, box, at, shade)
    if (element instanceof HTMLSelectElement) {
      this.line(element.selectedOptions[0]?.textContent?.trim() ?? '', look, box.left + 8, box.top + (box.height - parseFloat(look.fontSize) * 1.3) / 2, box, shade)
      return
    }
    for (const child of element.childNodes) {
      if (child instanceof Element) this.walk(child, shade)
      else if (child instanceof Text) this.text(child, look, shade)
    }
  }

  private box(look: CSSStyleDeclaration, box: DOMRect, at: Record<string, number>, shade: number) {
    const hatched = look.backgroundImage.startsWith('repeating-linear-gradient')
    const given = parseFloat(look.borderTopLeftRadius) || 0
    const rx = Math.min(look.borderTopLeftRadius.endsWith('%') ? (given * at.width) / 100 : given, at.height / 2)
    const rim = parseFloat(look.borderTopWidth)
    const round = rx > 0 && rim > 0 && look.borderTopStyle === 'solid' && look.borderTopWidth === look.borderBottomWidth
    if (round) {
      const inner = { x: at.x + rim / 2, y: at.y + rim / 2, width: at.width - rim, height: at.height - rim, rx }
      this.place(make('rect', { ...inner, fill: clear(look.backgroundColor) ? 'none' : look.backgroundColor, stroke: look.borderTopColor, 'stroke-width': rim }), box, shade)
      return
    }
    if (!clear(look.backgroundColor)) this.place(make('rect', { ...at, rx, fill: look.backgroundColor }), box, shade)
    if (hatched) this.hatch(look.color, box, at, shade)
    const { x, y, width, height } = at
    const edges: [string, [number, number, number, number]][] = [
      ['top', [x, y, x + width, y]], ['bottom', [x, y + height, x + width, y + height]],
      ['left', [x, y, x, y + height]], ['right', [x + width, y, x + width, y + height]],
    ]
    for (const [side, [x1, y1, x2, y2]] of edges) {
      const wide = parseFloat(look.getPropertyValue(`border-${side}-width`))
      const colour = look.getPropertyValue(`border-${side}-color`)
      if (wide > 0 && !clear(colour) && look.getPropertyValue(`border-${side}-style`) !== 'none')
        this.place(make('line', { x1, y1, x2, y2, stroke: colour, 'stroke-width': wide, ...(look.getPropertyValue(`border-${side}-style`) === 'dashed' ? { 'stroke-dasharray': '4 3' } : {}) }), box, shade)
    }
  }

  /** Lines from low left to high right, 4 points apart, cut at the edges of the box. */
  private hatch(colour: string, box: DOMRect, { x, y, width, height }: Record<string, number>, shade: number) {
    for (let sum = 2; sum < width + height; sum += 4) {
      const [x1, x2] = [Math.max(0, sum - height), Math.min(width, sum)]
      const ends = { x1: x + x1, y1: y + sum - x1, x2: x + x2, y2: y + sum - x2 }
      this.place(make('line', { ...ends, stroke: colour, 'stroke-width': 1.4 }), box, shade)
    }
  }

  /** A text node, a piece a line, where the browser put it. */
  private text(node: Text, look: CSSStyleDeclaration, shade: number) {
    const range = document.createRange()
    let piece = ''
    let first: DOMRect | null = null
    const flush = () => {
      if (first && piece.trim()) this.line(piece.trim(), look, first.left, first.top, first, shade)
      piece = ''
      first = null
    }
    for (const word of node.data.matchAll(/\S+|\s+/g)) {
      range.setStart(node, word.index)
      range.setEnd(node, word.index + word[0].length)
      const box = range.getClientRects()[0]
      if (!word[0].trim()) {
        if (first) piece += ' '
        continue
      }
      if (!box) continue
      if (first && Math.abs(box.top - (first as DOMRect).top) > 3) flush()
      first ??= box
      this.right = Math.max(this.right, box.right - this.left)
      piece += word[0]
    }
    flush()
  }

  private line(words: string, look: CSSStyleDeclaration, left: number, top: number, box: DOMRect, shade: number) {
    const up = measure(`${look.fontWeight} ${look.fontSize} ${look.fontFamily}`).measureText(words).fontBoundingBoxAscent
    const text = make('text', {
      x: left - this.left, y: top - this.top + up, fill: look.color, 'font-size': look.fontSize,
      'font-weight': look.fontWeight, 'font-family': look.fontFamily,
    }, words)
    this.place(text, box, shade)
  }
}

function wrap(text: string, font: string, width: number): string[] {
  const ruler = measure(font)
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.length - 1
    if (last >= 0 && ruler.measureText(`${lines[last]} ${word}`).width <= width) lines[last] += ` ${word}`
    else lines.push(word)
  }
  return lines
}

async function font(url: string, weight: number): Promise<string> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return `@font-face{font-family:'IBM Plex Sans';font-weight:${weight};src:url(data:font/woff2;base64,${btoa(text)}) format('woff2')}`
}

/** The figure as an SVG that stands for itself: title, subtitle, what is drawn, and the foot. */
export async function drawing(node: HTMLElement, words: Words): Promise<Drawn> {
  const box = node.getBoundingClientRect()
  const sheet = new Sheet(box.left, box.top)
  sheet.walk(node)
  const inside = Math.max(sheet.right, box.width, 320)
  const look = getComputedStyle(document.documentElement)
  const [ink, muted, paper] = ['--ink', '--muted', '--paper'].map((name) => look.getPropertyValue(name).trim())
  const svg = make('svg', { xmlns: SVG })
  const style = document.createElementNS(SVG, 'style')
  style.textContent = (await Promise.all([font(regular, 400), font(strong, 600)])).join('')
  svg.append(style)
  const ground = make('rect', { width: '100%', height: '100%', fill: paper })
  svg.append(ground)
  let y = MARGIN
  const write = (text: string, size: number, weight: number, colour: string) => {
    for (const line of wrap(text, `${weight} ${size}px ${FAMILY}`, inside)) {
      y += size * 1.3
      svg.append(make('text', { x: MARGIN, y: y - size * 0.3, 'font-size': size, 'font-weight': weight, 'font-family': FAMILY, fill: colour }, line))
    }
  }
  write(words.title, 18, 600, ink)
  write(words.subtitle, 13, 400, muted)
  y += 10
  sheet.layer.setAttribute('transform', `translate(${MARGIN},${y})`)
  svg.append(sheet.layer)
  y += sheet.bottom + 10
  write(words.foot, 11, 400, muted)
  const [width, height] = [Math.ceil(inside + 2 * MARGIN), Math.ceil(y + MARGIN)]
  svg.setAttribute('width', String(width))
  svg.setAttribute('height', String(height))
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  return { svg: new XMLSerializer().serializeToString(svg), width, height }
}

export async function png({ svg, width, height }: Drawn, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = width * scale
    canvas.height = height * scale
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((done, fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('no picture'))), 'image/png'),
    )
  } finally {
    URL.revokeObjectURL(url)
  }
}

// What stands below a picture: set by the frame of a run, or of a case.
export const credit = { text: '' }
