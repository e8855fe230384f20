// Anthropic's own client for node: whole, streamed, and with its helper for streams.

import Anthropic from '@anthropic-ai/sdk'

import { piece, QUESTION, tell, TRACK } from './telling.mjs'

const opened = (url, key) => new Anthropic({ baseURL: url, apiKey: key, timeout: 20_000 })
const options = (asked) => (asked.retries ? {} : { maxRetries: 0 })

function request(asked) {
  const { name, description, parameters } = TRACK
  const tools = asked.asks === 'tools' ? { tools: [{ name, description, input_schema: parameters }] } : {}
  return { model: asked.name, max_tokens: 100, messages: [{ role: 'user', content: QUESTION }], ...tools }
}

function said(message) {
  const texts = message.content.filter((block) => block.type === 'text').map((block) => block.text)
  const calls = message.content.filter((block) => block.type === 'tool_use')
  return {
    text: texts.length ? texts.join('') : null,
    refusal: message.stop_details?.explanation ?? null,
    calls: calls.map((call) => [call.name, JSON.stringify(call.input)]),
    finish: message.stop_reason,
    request_id: message._request_id ?? null,
    all: message,
  }
}

async function* create(client, asked) {
  yield said(await client.messages.create(request(asked), options(asked)))
}

async function* stream(client, asked) {
  for await (const event of await client.messages.create({ ...request(asked), stream: true }, options(asked))) yield piece(event)
}

async function* helper(client, asked) {
  const events = client.messages.stream(request(asked), options(asked))
  for await (const event of events) yield piece(event)
  yield said(await events.finalMessage())
}

await tell('@anthropic-ai/sdk', opened, () => ({ create, 'create, stream': stream, stream: helper }))
