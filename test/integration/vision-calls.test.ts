import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isSpaceError } from '../../framework/core/errors.ts'
import { openImage, pipeline, type VideoInput } from '../../framework/vision/index.ts'
import { closeRuntime } from '../../framework/vision/runtime/pool.ts'
import { configureRuntime } from '../../framework/vision/runtime/settings.ts'

const models = fileURLToPath(new URL('../fixtures/hf-tiny', import.meta.url))
const vit = join(models, 'vit')
const photo = join(models, 'input/img.png')
const frames = ['00', '01', '02', '03'].map((name) => join(models, `input/frames/${name}.png`))

after(closeRuntime)

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(isSpaceError(error), `expected a SpaceError, got ${error}`)
  return error.message
}

/** A web server for as long as the test takes. */
async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url, [Symbol.dispose]: close }
}

test('a picture is found at an address, in a data URL and in base64 alone', async () => {
  const bytes = readFileSync(photo)
  const base64 = bytes.toString('base64')
  using server = await serve((_request, response) => response.end(bytes))
  await using classify = await pipeline('image-classification', pathToFileURL(vit))
  const wanted = await classify(photo)
  const answers = await classify([
    `${server.url}/a.png`,
    new URL(server.url),
    `data:image/png;base64,${base64}`,
    base64,
  ])
  assert.deepEqual(answers, Array(4).fill(wanted))
})

test('an address that gives no picture says what it answered', async () => {
  using server = await serve((request, response) => {
    if (request.url === '/cut.png')
      return response.writeHead(200, { 'content-length': 9999 }).write('x', () => response.destroy())
    return response.writeHead(request.url === '/private.png' ? 401 : 404).end()
  })
  const tell = (path: string) => refusal(openImage(`${server.url}${path}`))
  assert.match(
    await tell('/missing.png'),
    /image: expected a file .* \(the answer is 404 Not Found\)\. Check the address/,
  )
  assert.match(await tell('/private.png'), /401 Unauthorized/)
  assert.match(await tell('/cut.png'), /the answer was cut off/)
  assert.match(await refusal(openImage('http://127.0.0.1:9/a.png')), /it cannot be reached/)
  assert.match(await refusal(openImage('ftp://host/a.png')), /an address that begins with http:/)
  assert.match(await refusal(openImage('file://host/a.png')), /a file on this computer/)
})

test('names that no file can have are missing files', async () => {
  for (const name of ['a\0b.png', 'x'.repeat(5000), join(photo, 'inside.png')])
    assert.match(await refusal(openImage(name)), /image: expected a file that can be read/)
})

test('a list of videos gives a list, a list of pictures is one video', async () => {
  await using classify = await pipeline('video-classification', join(models, 'videomae'))
  const one = await classify(frames, { top_k: 2 })
  assert.equal(one.length, 2)
  const videos: readonly VideoInput[] = [frames, frames.map((path) => readFileSync(path))]
  assert.deepEqual(await (classify as (...args: unknown[]) => unknown)(videos, { top_k: 2 }), [one, one])
})

test('progress reaches its end whatever the task, and a listener that throws ends its call alone', async () => {
  await using classify = await pipeline('image-classification', vit)
  const told: number[] = []
  await classify(photo, { onProgress: (fraction) => told.push(fraction) })
  assert.deepEqual(told, [1])
  await using generate = await pipeline('unconditional-image-generation', join(models, 'ddpm'))
  const onProgress = () => {
    throw new Error('the listener’s own')
  }
  await assert.rejects(generate({ num_inference_steps: 3, onProgress }), /the listener’s own/)
  assert.equal((await generate({ num_inference_steps: 1 })).length, 1)
})

test('a list waits for its own turn, however short the queue', async () => {
  configureRuntime({ maxQueue: 0 })
  try {
    await using classify = await pipeline('image-classification', vit)
    assert.equal((await classify(Array<string>(12).fill(photo))).length, 12)
  } finally {
    configureRuntime({ maxQueue: 256 })
  }
})

test('loading that is given up rejects at once, and the model can be opened after it', async () => {
  const abort = new AbortController()
  const opening = pipeline('image-classification', join(models, 'mobilevit'), { signal: abort.signal })
  abort.abort()
  await assert.rejects(opening, { name: 'AbortError' })
  await using again = await pipeline('image-classification', join(models, 'mobilevit'))
  assert.ok((await again(photo)).length > 0)
})

test('options of another type are refused by name', async () => {
  const open = (options: object) => refusal(pipeline('image-classification', vit, options))
  assert.match(await open({ pin: 'yes' }), /pin: expected true or false/)
  assert.match(await open({ revision: 3 }), /revision: expected/)
  assert.match(await open({ signal: 'x' }), /signal: expected an AbortSignal/)
  assert.match(await open({ onProgress: 'x' }), /onProgress: expected a function/)
})
