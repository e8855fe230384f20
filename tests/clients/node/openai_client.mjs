// OpenAI's own client for node: whole, streamed, with its helpers for streams and for typed answers.

import OpenAI from 'openai'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import { z } from 'zod'

import { merge, piece, QUESTION, tell, TRACK } from './telling.mjs'

const Parcel = z.object({ parcel: z.string(), city: z.string(), days: z.number() })

const opened = (url, key) => new OpenAI({ baseURL: `${url}/v1`, apiKey: key, timeout: 20_000 })
const options = (asked) => (asked.retries ? {} : { maxRetries: 0 })

function chatRequest(asked) {
  const request = { model: asked.name, messages: [{ role: 'user', content: QUESTION }] }
  if (asked.asks === 'tools') request.tools = [{ type: 'function', function: TRACK }]
  if (asked.n > 1) request.n = asked.n
  if (asked.logprobs) Object.assign(request, { logprobs: true, top_logprobs: 2 })
  return request
}

function said(completion) {
  const choice = completion.choices[0]
  const message = choice.message
  return {
    text: message.content,
    refusal: message.refusal ?? null,
    calls: (message.tool_calls ?? []).map((call) => [call.function.name, call.function.arguments]),
    finish: choice.finish_reason,
    object: message.parsed ?? null,
    request_id: completion._request_id ?? null,
    all: completion,
  }
}

async function* create(client, asked) {
  yield said(await client.chat.completions.create(chatRequest(asked), options(asked)))
}

async function* stream(client, asked) {
  const whole = {}
  for await (const chunk of await client.chat.completions.create({ ...chatRequest(asked), stream: true }, options(asked))) {
    merge(whole, chunk)
    yield piece(whole.choices?.[0]?.delta?.content ?? null)
  }
  const choice = whole.choices[0]
  const calls = Object.values(choice.delta.tool_calls ?? {})
  yield {
    text: choice.delta.content ?? null,
    refusal: choice.delta.refusal ?? null,
    calls: calls.map((call) => [call.function.name, call.function.arguments]),
    finish: choice.finish_reason,
    all: whole,
  }
}

async function* helper(client, asked) {
  const shape = asked.asks === 'object' ? { response_format: zodResponseFormat(Parcel, 'parcel') } : {}
  const events = client.chat.completions.stream({ ...chatRequest(asked), ...shape }, options(asked))
  let text = null
  for await (const chunk of events) {
    for (const choice of chunk.choices) if (choice.index === 0 && choice.delta.content) text = (text ?? '') + choice.delta.content
    yield piece(text)
  }
  yield said(await events.finalChatCompletion())
}

async function* parse(client, asked) {
  const shape = { response_format: zodResponseFormat(Parcel, 'parcel') }
  yield said(await client.chat.completions.parse({ ...chatRequest(asked), ...shape }, options(asked)))
}

function responseRequest(asked) {
  const tools = asked.asks === 'tools' ? { tools: [{ type: 'function', strict: false, ...TRACK }] } : {}
  return { model: asked.name, input: QUESTION, ...tools }
}

function responded(response) {
  const parts = response.output.filter((item) => item.type === 'message').flatMap((item) => item.content)
  const calls = response.output.filter((item) => item.type === 'function_call')
  return {
    text: response.output_text ?? parts.map((part) => part.text ?? '').join(''),
    refusal: parts.find((part) => part.type === 'refusal')?.refusal ?? null,
    calls: calls.map((call) => [call.name, call.arguments]),
    finish: response.status,
    why: response.incomplete_details?.reason ?? null,
    object: response.output_parsed ?? null,
    request_id: response._request_id ?? null,
    all: response,
  }
}

async function* respond(client, asked) {
  yield responded(await client.responses.create(responseRequest(asked), options(asked)))
}

async function* respondStream(client, asked) {
  for await (const event of await client.responses.create({ ...responseRequest(asked), stream: true }, options(asked))) {
    yield piece(event)
    if (['response.completed', 'response.incomplete', 'response.failed'].includes(event.type)) yield responded(event.response)
  }
}

async function* respondHelper(client, asked) {
  const shape = asked.asks === 'object' ? { text: { format: zodTextFormat(Parcel, 'parcel') } } : {}
  const events = client.responses.stream({ ...responseRequest(asked), ...shape }, options(asked))
  for await (const event of events) yield piece(event)
  yield responded(await events.finalResponse())
}

async function* respondParse(client, asked) {
  const shape = { text: { format: zodTextFormat(Parcel, 'parcel') } }
  yield responded(await client.responses.parse({ ...responseRequest(asked), ...shape }, options(asked)))
}

async function* legacy(client, asked) {
  const completion = await client.completions.create({ model: asked.name, prompt: QUESTION })
  yield { text: completion.choices[0].text, finish: completion.choices[0].finish_reason, all: completion }
}

async function* legacyStream(client, asked) {
  const whole = {}
  for await (const chunk of await client.completions.create({ model: asked.name, prompt: QUESTION, stream: true })) {
    merge(whole, chunk)
    yield piece(whole.choices[0].text)
  }
  yield { text: whole.choices[0].text, finish: whole.choices[0].finish_reason, all: whole }
}

function ways(asked) {
  if (asked.api === 'completions') return { create: legacy, 'create, stream': legacyStream }
  const typed = asked.asks === 'object'
  if (asked.api === 'responses') {
    const plain = { create: respond, 'create, stream': respondStream, stream: respondHelper }
    return typed ? { ...plain, parse: respondParse } : plain
  }
  const plain = { create, 'create, stream': stream, stream: helper }
  return typed ? { ...plain, parse } : plain
}

await tell('openai', opened, ways)
