// Writes what the built page was made of, so that a test can tell whether sources and page belong together.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const OUT = '../src/afternext/web/static'
const TOP = ['index.html', 'package.json', 'package-lock.json', 'svelte.config.js', 'tsconfig.json', 'vite.config.ts']

function below(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).replaceAll('\\', '/'))
}

function digest(root, names) {
  const total = createHash('sha256')
  for (const name of [...names].sort()) {
    const content = createHash('sha256').update(readFileSync(join(root, name))).digest('hex')
    total.update(`${name} ${content}\n`)
  }
  return total.digest('hex')
}

const sources = [...TOP, ...below('src')]
const built = below(OUT)
  .map((name) => name.slice(OUT.length + 1))
  .filter((name) => name !== 'built.json')
writeFileSync(
  join(OUT, 'built.json'),
  JSON.stringify({ sources: digest('.', sources), assets: digest(OUT, built) }, null, 1) + '\n',
)
