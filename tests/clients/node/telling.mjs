// What the drivers of node's clients share: they read what to ask, ask it in every way, and tell what came of it.
//
// The same agreement as in drivers/telling.py. A way is an asynchronous generator that gives `piece(value)` for each
// piece of a stream, and what came out in the end.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export const QUESTION = 'Where is my parcel?'
export const TRACK = {
  name: 'track',
  description: 'Where a parcel is.',
  parameters: { type: 'object', properties: { parcel: { type: 'string' } }, required: ['parcel'] },
}

class Piece {
  constructor(value) {
    this.value = value
  }
}

export const piece = (value) => new Piece(value)

export async function tell(packageName, opened, ways) {
  const told = {}
  for (const run of JSON.parse(readFileSync(0, 'utf8')).runs) {
    const clients = opened(run.url, run.key)
    told[run.target] = {}
    for (const asked of run.cases) {
      const found = (told[run.target][asked.name] = {})
      for (const [name, way] of Object.entries(ways(asked))) found[name] = await outcome(way(clients, asked))
    }
  }
  process.stdout.write(JSON.stringify({ version: versionOf(packageName), runs: told }))
}

async function outcome(steps) {
  const found = { pieces: [], final: null, raised: null }
  try {
    for await (const step of steps) {
      if (step instanceof Piece) found.pieces.push(plain(step.value))
      else found.final = plain(step)
    }
  } catch (error) {
    if (error instanceof TypeError && error.cause === undefined && !/terminated|fetch/.test(error.message)) throw error
    if (error instanceof ReferenceError) throw error
    found.raised = mistake(error)
  }
  return found
}

// An exception as a user may act on it.
function mistake(error) {
  const { status = null, statusCode = null, code = null, type = null, param = null, requestID = null } = error
  return {
    class: error.constructor.name,
    name: error.name,
    message: error.message,
    status_code: status ?? statusCode,
    code,
    type,
    param,
    request_id: requestID,
    attempts: error.errors?.length ?? null,
    cause: error.cause?.message ?? null,
  }
}

function plain(value) {
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}

function versionOf(packageName) {
  const found = createRequire(import.meta.url).resolve.paths(packageName)[0]
  return JSON.parse(readFileSync(`${found}/${packageName}/package.json`, 'utf8')).version
}

// Texts that come in pieces are joined, lists go by their `index`, all else is replaced.
export function merge(known, more) {
  const joined = ['content', 'refusal', 'arguments', 'reasoning_content', 'text']
  for (const [key, value] of Object.entries(more)) {
    if (value === null || (Array.isArray(value) && !value.length)) known[key] ??= value
    else if (Array.isArray(value) && value.length && value.every((one) => one?.index !== undefined)) {
      known[key] ??= {}
      for (const one of value) merge((known[key][one.index] ??= {}), one)
    } else if (Array.isArray(value) && ['content', 'refusal'].includes(key)) known[key] = [...(known[key] ?? []), ...value]
    else if (typeof value === 'object' && !Array.isArray(value)) merge((known[key] ??= {}), value)
    else if (typeof value === 'string' && joined.includes(key)) known[key] = (known[key] ?? '') + value
    else known[key] = value
  }
  return known
}
