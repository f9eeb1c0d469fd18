import { untrack } from 'svelte'

// All state of a screen lives in the address: #/run/ID/map?day=30&place=mosul
export type Params = Record<string, string>

function read(): { path: string[]; params: Params } {
  const text = location.hash.replace(/^#\/?/, '')
  const [path, query] = text.split('?', 2)
  const parts = path.split('/').filter(Boolean).map(decodePart)
  return { path: parts, params: Object.fromEntries(new URLSearchParams(query ?? '')) }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

class Route {
  path = $state<string[]>([])
  params = $state<Params>({})
  constructor() {
    this.sync()
    addEventListener('hashchange', () => this.sync())
  }
  sync() {
    const found = read()
    if (found.path.join('/') !== this.path.join('/')) this.path = found.path
    this.params = found.params
  }
}

export const route = new Route()

export function link(path: string[], params: Record<string, string | number | null | undefined> = {}): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') query.set(key, String(value))
  }
  const text = query.toString()
  return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`
}

export function go(path: string[], params: Record<string, string | number | null | undefined> = {}) {
  location.hash = link(path, params)
}

/** Change some of the parameters of this screen, without a new entry in the history. */
export function set(params: Record<string, string | number | null | undefined>) {
  // What is written here must not make the effect that writes it run again.
  untrack(() => {
    history.replaceState(null, '', link(route.path, { ...route.params, ...params }))
    route.sync()
  })
}
