// Downloads: a table as CSV, a picture as SVG or PNG, what is behind it as JSON. All made in the browser.

export type Cell = string | number | null | undefined

/** A text that a spreadsheet would run as a formula is disarmed; numbers stay numbers. */
export function csvCell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  const safe = /^[=+\-@\t\r\u0000]/.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function csv(columns: string[], rows: Cell[][]): string {
  return [columns, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n'
}

export function save(name: string, content: Blob | string, type = 'text/plain') {
  const blob = typeof content === 'string' ? new Blob([content], { type: `${type};charset=utf-8` }) : content
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name.replace(/[^\w.-]+/g, '_')
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

const KEPT = [
  'fill', 'fill-opacity', 'fill-rule', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-opacity', 'opacity',
  'font-family', 'font-size', 'font-weight', 'text-anchor', 'dominant-baseline', 'paint-order', 'display',
  'vector-effect', 'stroke-linejoin', 'letter-spacing', 'mix-blend-mode',
]

/** A copy of a drawing that needs no style sheet. */
export function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const from = [svg, ...svg.querySelectorAll('*')]
  const to = [copy, ...copy.querySelectorAll('*')]
  from.forEach((element, i) => {
    const look = getComputedStyle(element)
    for (const name of KEPT) {
      const value = look.getPropertyValue(name)
      if (value) to[i].setAttribute(name, value)
    }
    to[i].removeAttribute('class')
    to[i].removeAttribute('style')
  })
  const box = svg.getBoundingClientRect()
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(Math.round(box.width)))
  copy.setAttribute('height', String(Math.round(box.height)))
  if (!copy.getAttribute('viewBox')) copy.setAttribute('viewBox', `0 0 ${box.width} ${box.height}`)
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  const view = copy.viewBox.baseVal
  for (const [name, value] of Object.entries({ x: view.x, y: view.y, width: view.width, height: view.height }))
    paper.setAttribute(name, String(value))
  paper.setAttribute('fill', getComputedStyle(document.body).backgroundColor)
  copy.insertBefore(paper, copy.firstChild)
  return new XMLSerializer().serializeToString(copy)
}

export async function png(svg: SVGSVGElement, over: HTMLCanvasElement | null = null, scale = 2): Promise<Blob> {
  const box = svg.getBoundingClientRect()
  const url = URL.createObjectURL(new Blob([standalone(svg)], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(box.width * scale)
    canvas.height = Math.round(box.height * scale)
    const pen = canvas.getContext('2d')!
    pen.drawImage(image, 0, 0, canvas.width, canvas.height)
    if (over) pen.drawImage(over, 0, 0, canvas.width, canvas.height)
    return await new Promise((done, fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('no picture'))), 'image/png'),
    )
  } finally {
    URL.revokeObjectURL(url)
  }
}
