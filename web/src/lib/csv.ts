// Reads a table so that one cell can be changed and every other character stays as it was written.
export interface Row { line: number; cells: { text: string; from: number; to: number }[] }

export function parse(text: string): Row[] {
  const rows: Row[] = []
  let row: Row = { line: 1, cells: [] }
  let line = 1
  let at = 0
  while (at <= text.length) {
    const from = at
    let value = ''
    if (text[at] === '"') {
      at++
      while (at < text.length) {
        if (text[at] === '"' && text[at + 1] === '"') {
          value += '"'
          at += 2
        } else if (text[at] === '"') {
          at++
          break
        } else {
          if (text[at] === '\n') line++
          value += text[at++]
        }
      }
    }
    while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') value += text[at++]
    row.cells.push({ text: value, from, to: at })
    if (text[at] === ',') {
      at++
      continue
    }
    if (row.cells.length > 1 || row.cells[0].text !== '') rows.push(row)
    if (at >= text.length) break
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    line++
    row = { line, cells: [] }
    if (at >= text.length) break
  }
  return rows
}

export function change(text: string, cell: { from: number; to: number }, value: string): string {
  const quoted = /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  return text.slice(0, cell.from) + quoted + text.slice(cell.to)
}
