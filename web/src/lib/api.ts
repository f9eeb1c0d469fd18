import { t } from './text'

export interface Problem {
  file: string
  line: number
  column: number
  key: string
  message: string
  hint: string
}

export class Failure extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly status: number,
    readonly problems: Problem[] = [],
  ) {
    super(message)
  }
}

const kept = new Map<string, Promise<unknown>>()

async function ask(method: string, path: string, body?: BodyInit, type?: string): Promise<unknown> {
  let reply: Response
  try {
    reply = await fetch(`/api/${path}`, { method, body, headers: type ? { 'content-type': type } : {} })
  } catch {
    throw new Failure(t('error.gone'), t('error.gone.hint'), 0)
  }
  const found = await reply.json().catch(() => null)
  if (!reply.ok) {
    const error = found?.error ?? {}
    throw new Failure(error.message ?? t('error.unknown'), error.hint ?? '', reply.status, error.problems ?? [])
  }
  return found
}

export const get = <T>(path: string) => ask('GET', path) as Promise<T>
export const post = <T>(path: string, body: unknown = {}) =>
  ask('POST', path, JSON.stringify(body), 'application/json') as Promise<T>
export const put = <T>(path: string, body: unknown) =>
  ask('PUT', path, JSON.stringify(body), 'application/json') as Promise<T>
export const upload = <T>(path: string, file: Blob) => ask('POST', path, file, 'application/zip') as Promise<T>

/** What a finished run says does not change, so it is asked for once. */
export function once<T>(path: string): Promise<T> {
  let there = kept.get(path) as Promise<T> | undefined
  if (!there) {
    there = get<T>(path)
    kept.set(path, there)
    there.catch(() => kept.delete(path))
  }
  return there
}

export const part = encodeURIComponent
