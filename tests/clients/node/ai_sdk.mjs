// Vercel's AI SDK by both of its providers: OpenAI's (chat and responses) and that for compatible servers (chat).

import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, Output, streamText, tool } from 'ai'
import { z } from 'zod'

import { piece, QUESTION, tell, TRACK } from './telling.mjs'

globalThis.AI_SDK_LOG_WARNINGS = false
const Parcel = z.object({ parcel: z.string(), city: z.string(), days: z.number() })

function opened(url, key) {
  const given = { baseURL: `${url}/v1`, apiKey: key }
  const compatible = createOpenAICompatible({ ...given, name: 'server', supportsStructuredOutputs: true, includeUsage: true })
  return { openai: createOpenAI(given), compatible }
}

const models = {
  'openai-compatible': (clients, asked) => clients.compatible(asked.name),
  openai: (clients, asked) => (asked.api === 'responses' ? clients.openai.responses(asked.name) : clients.openai.chat(asked.name)),
}

function request(model, asked) {
  const track = tool({ description: TRACK.description, inputSchema: jsonSchema(TRACK.parameters) })
  return {
    model,
    prompt: QUESTION,
    maxRetries: asked.retries ? 2 : 0,
    ...(asked.asks === 'tools' ? { tools: { track } } : {}),
  }
}

async function told(result) {
  const calls = await result.toolCalls
  return {
    text: await result.text,
    reasoning: (await result.reasoningText) ?? null,
    calls: calls.map((call) => [call.toolName, JSON.stringify(call.input)]),
    finish: await result.finishReason,
    all: {
      raw: (await result.rawFinishReason) ?? null,
      usage: await result.usage,
      sources: (await result.sources).map(({ id, ...source }) => source),
      metadata: (await result.providerMetadata) ?? null,
    },
  }
}

const generated = (modelOf) =>
  async function* (clients, asked) {
    yield await told(await generateText(request(modelOf(clients, asked), asked)))
  }

const streamed = (modelOf) =>
  async function* (clients, asked) {
    let failure
    const result = streamText({ ...request(modelOf(clients, asked), asked), onError: ({ error }) => (failure = error) })
    let text = ''
    for await (const part of result.fullStream) {
      if (part.type === 'text-delta') yield piece((text += part.text))
    }
    if (failure) throw failure
    yield await told(result)
  }

const typed = (modelOf) =>
  async function* (clients, asked) {
    const result = await generateText({ ...request(modelOf(clients, asked), asked), output: Output.object({ schema: Parcel }) })
    yield { object: result.output, finish: result.finishReason }
  }

const typedStream = (modelOf) =>
  async function* (clients, asked) {
    let failure
    const shape = { output: Output.object({ schema: Parcel }), onError: ({ error }) => (failure = error) }
    const result = streamText({ ...request(modelOf(clients, asked), asked), ...shape })
    for await (const part of result.partialOutputStream) yield piece(part && null)
    if (failure) throw failure
    yield { object: await result.output, finish: await result.finishReason }
  }

function ways(asked) {
  const providers = asked.api === 'responses' ? ['openai'] : ['openai', 'openai-compatible']
  const kinds = { generateText: generated, streamText: streamed }
  if (asked.asks === 'object') Object.assign(kinds, { 'generateText, typed': typed, 'streamText, typed': typedStream })
  const named = providers.flatMap((name) => Object.entries(kinds).map(([kind, way]) => [`${name}, ${kind}`, way(models[name])]))
  return Object.fromEntries(named)
}

await tell('ai', opened, ways)
