// The image component in a real browser: every way in, every tool, and what happens when a file is refused.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from 'playwright-core'
import { space } from '#core/space.ts'
import type { Server } from '#server/listen.ts'
import { Image } from '../../components/index.ts'
import { violationsOf } from '../helpers/axe.ts'
import { type OpenBrowser, openBrowser } from '../helpers/browser.ts'
import { type ClientBundle, openAwake, openClient, serveSpace } from '../helpers/component-page.ts'

const fixtures = fileURLToPath(new URL('../fixtures/decode/', import.meta.url))
const fixture = (name: string) => join(fixtures, name)

const grey = space({
  title: 'Grey',
  inputs: { photo: Image(), second: Image() },
  outputs: { grey: Image() },
  run: ({ photo }) => ({ grey: photo.grayscale() }),
  examples: [{ photo: 'rgb.png' }],
})

let client: ClientBundle
let server: Server
let browser: OpenBrowser
before(async () => {
  ;[client, browser] = await Promise.all([openClient(), openBrowser()])
  server = await serveSpace(grey, client, fixtures)
})
after(async () => {
  await Promise.all([server?.[Symbol.asyncDispose](), browser?.[Symbol.asyncDispose]()])
  await client?.[Symbol.asyncDispose]()
})

/** A page, its first field, and a check that nothing went wrong on the way. */
async function openField() {
  const opened = await openAwake(browser, server.url, { acceptDownloads: true, reducedMotion: 'reduce' })
  const { page } = opened
  const field = page.locator('[data-field=photo]')
  return { ...opened, field }
}

const choose = (field: Locator, name: string) => field.locator('input[type=file]').setInputFiles(fixture(name))
const caption = (field: Locator, text: RegExp) => field.locator('figcaption').filter({ hasText: text }).waitFor()

/** What the operating system does when a file is let go over an element. */
async function drop(page: Page, on: Locator, name: string, type: string) {
  const bytes = [...(await readFile(fixture(name)))]
  const transfer = await page.evaluateHandle(
    ({ bytes, name, type }) => {
      const data = new DataTransfer()
      data.items.add(new File([new Uint8Array(bytes)], name, { type }))
      return data
    },
    { bytes, name, type },
  )
  for (const event of ['dragenter', 'dragover', 'drop']) await on.dispatchEvent(event, { dataTransfer: transfer })
}

test('a chosen file is shown with its size, and cleared again', async () => {
  await using opened = await openField()
  const { field, errors } = opened
  await choose(field, 'rgb.jpg')
  await caption(field, /^\d+ × \d+ · /)
  await field.getByRole('button', { name: 'Clear' }).click()
  await field.getByRole('button', { name: 'Choose a file' }).waitFor()
  assert.deepEqual(errors, [])
})

test('a dropped file is taken, and the next one replaces it', async () => {
  await using opened = await openField()
  const { page, field } = opened
  await drop(page, field.locator('.drop'), 'rgb.jpg', 'image/jpeg')
  await caption(field, /×/)
  const first = await field.locator('img').getAttribute('src')
  await drop(page, field.locator('figure'), 'rgb.png', 'image/png')
  await page.waitForFunction((old) => {
    const image = document.querySelector<HTMLImageElement>(
      '[data-field=photo] figure[aria-busy] img, [data-field=photo] figure img',
    )
    return image && image.src !== old && !document.querySelector('[data-field=photo] [aria-busy=true]')
  }, first)
  await caption(field, /×/)
})

test('a file that is no picture is refused in the field, before it travels', async () => {
  await using opened = await openField()
  const { page, field, requests } = opened
  await drop(page, field.locator('.drop'), 'expected.json', 'application/json')
  await field.getByText('Expected a picture, got application/json (expected.json).').waitFor()
  assert.ok(!requests.some((url) => url.includes('files?field=')))
  assert.match(
    (await field.getByRole('button', { name: 'Choose a file' }).getAttribute('aria-describedby')) ?? '',
    /problem/,
  )
})

test('a text that calls itself a picture is refused by the server, and the picture before it stays', async () => {
  await using opened = await openField()
  const { field } = opened
  await choose(field, 'rgb.jpg')
  await caption(field, /×/)
  await choose(field, 'text.png')
  await field.locator('.problem').waitFor()
  assert.match((await field.locator('.problem').textContent()) ?? '', /text\.png/)
  await caption(field, /×/)
})

test('a pasted picture lands in the field that has the focus', async () => {
  await using opened = await openField()
  const { page, field } = opened
  const second = page.locator('[data-field=second]')
  const paste = async () => {
    const bytes = [...(await readFile(fixture('rgb.png')))]
    await page.evaluate((bytes) => {
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }))
      const target = document.activeElement ?? document.body
      target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, bytes)
  }
  await second.getByRole('button', { name: 'Choose a file' }).focus()
  await paste()
  await caption(second, /×/)
  assert.equal(await field.locator('figure').count(), 0)
})

test('the paste button takes a picture from the clipboard, and says so where there is none', async () => {
  await using opened = await openField()
  const { page, field, context } = opened
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate(() => navigator.clipboard.writeText('only words'))
  await field.getByRole('button', { name: 'Paste' }).click()
  await field.getByText('There is no picture on the clipboard.').waitFor()
  const bytes = [...(await readFile(fixture('rgb.png')))]
  await page.evaluate(
    (bytes) =>
      navigator.clipboard.write([
        new ClipboardItem({ 'image/png': new Blob([new Uint8Array(bytes)], { type: 'image/png' }) }),
      ]),
    bytes,
  )
  await field.getByRole('button', { name: 'Paste' }).click()
  await caption(field, /×/)
  assert.equal(await field.locator('.problem').count(), 0)
})

test('the camera gives a picture as it sees it, behind a mirrored preview, and is let go', async () => {
  await using opened = await openField()
  const { page, field, errors } = opened
  await page.evaluate(() => {
    const { mediaDevices } = navigator
    const open = mediaDevices.getUserMedia.bind(mediaDevices)
    const streams: MediaStream[] = []
    Object.assign(window, { streams })
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted)
      streams.push(stream)
      return stream
    }
  })
  await field.getByRole('button', { name: 'Camera' }).click()
  const dialog = page.getByRole('dialog', { name: 'Camera' })
  assert.match(await dialog.locator('video').evaluate((video) => getComputedStyle(video).transform), /^matrix\(-1, 0/)
  await dialog.getByRole('button', { name: 'Take the picture' }).and(page.locator(':enabled')).click()
  await caption(field, /×/)
  assert.equal(await dialog.count(), 0)
  const alive = await page.evaluate(() =>
    (window as unknown as { streams: MediaStream[] }).streams.flatMap((stream) =>
      stream.getTracks().map(({ readyState }) => readyState),
    ),
  )
  assert.deepEqual([...new Set(alive)], ['ended'])
  assert.deepEqual(errors, [])
})

test('where the camera is not allowed, the dialog says what to do', async () => {
  await using opened = await openField()
  const { page, field } = opened
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
  })
  await field.getByRole('button', { name: 'Camera' }).click()
  await page.getByRole('alert').filter({ hasText: 'The browser did not allow the camera.' }).waitFor()
  await page.keyboard.press('Escape')
  await field.getByRole('button', { name: 'Choose a file' }).waitFor()
})

test('another camera can be chosen, also after one has failed', async () => {
  await using opened = await openField()
  const { page, field } = opened
  await page.evaluate(() => {
    const { mediaDevices } = navigator
    const open = mediaDevices.getUserMedia.bind(mediaDevices)
    const cameras = Object.entries({ front: 'In front', back: 'At the back' }).map(
      ([deviceId, label]) => ({ deviceId, label, kind: 'videoinput' }) as MediaDeviceInfo,
    )
    mediaDevices.enumerateDevices = async () => cameras
    mediaDevices.getUserMedia = async (wanted) => {
      const { deviceId } = (wanted?.video ?? {}) as { deviceId?: { exact: string } }
      if (deviceId?.exact === 'front') throw new DOMException('in use', 'NotReadableError')
      return open({ video: true })
    }
  })
  await field.getByRole('button', { name: 'Camera' }).click()
  const dialog = page.getByRole('dialog', { name: 'Camera' })
  await dialog.getByRole('button', { name: 'Take the picture' }).and(page.locator(':enabled')).waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await dialog.getByLabel('Device').selectOption('In front')
  await dialog.getByRole('alert').filter({ hasText: 'The camera cannot be opened: in use' }).waitFor()
  await dialog.getByLabel('Device').selectOption('At the back')
  await dialog.getByRole('button', { name: 'Take the picture' }).and(page.locator(':enabled')).click()
  await caption(field, /×/)
})

test('the picture is on the page while it is still being sent, and the sending can be stopped', async () => {
  await using opened = await openField()
  const { page, field } = opened
  await page.route('**/files?field=*', () => {})
  await choose(field, 'rgb.jpg')
  await caption(field, /^Sending · \d+ %$/)
  assert.match((await field.locator('img').getAttribute('src')) ?? '', /^blob:/)
  assert.equal(await field.getByRole('progressbar').count(), 1)
  await field.getByRole('button', { name: 'Cancel the upload' }).click()
  await field.getByRole('button', { name: 'Choose a file' }).waitFor()
  assert.equal(await field.locator('.problem').count(), 0)
})

test('an example that is chosen while a picture is being sent takes its place for good', async () => {
  await using opened = await openField()
  const { page, field } = opened
  let arrive = () => {}
  await page.route('**/files?field=*', async (route) => {
    await new Promise<void>((resolve) => {
      arrive = resolve
    })
    await route.continue().catch(() => {})
  })
  await choose(field, 'rgb.jpg')
  await caption(field, /^Sending/)
  await page.locator('.strip button').first().click()
  await caption(field, /×/)
  arrive()
  assert.match((await field.locator('img').getAttribute('src')) ?? '', /rgb\.png$/)
  assert.equal(await field.locator('.problem').count(), 0)
})

test('a photo that was taken sideways stands upright', async () => {
  await using opened = await openField()
  const { field } = opened
  await choose(field, 'exif_6.jpg')
  await caption(field, /×/)
  const shown = await field
    .locator('img')
    .evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])
  const said = /^(\d+) × (\d+)/
    .exec((await field.locator('figcaption').textContent()) ?? '')
    ?.slice(1)
    .map(Number)
  assert.deepEqual(said, shown)
})

test('a picture of a type that browsers cannot draw is shown all the same', async () => {
  await using opened = await openField()
  const { page, field } = opened
  await choose(field, 'rgb.tiff')
  await caption(field, /×/)
  await page.waitForFunction(() => {
    const image = document.querySelector<HTMLImageElement>('[data-field=photo] figure img')
    return image?.complete && image.naturalWidth > 0 && image.src.includes('thumb=')
  })
})

test('the result is saved under its own name, and looked at on the full screen', async () => {
  await using opened = await openField()
  const { page, field, errors } = opened
  await choose(field, 'rgb.jpg')
  await choose(page.locator('[data-field=second]'), 'rgb.png')
  await caption(field, /×/)
  await caption(page.locator('[data-field=second]'), /×/)
  await page.getByRole('button', { name: /^Run/ }).click()
  const result = page.locator('[data-field=grey]')
  const saving = page.waitForEvent('download')
  await result.getByRole('link', { name: 'Download' }).click()
  assert.equal((await saving).suggestedFilename(), 'rgb.webp')

  const fullScreen = result.getByRole('button', { name: 'Full screen' })
  await fullScreen.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('img').waitFor()
  const box = await dialog.boundingBox()
  assert.deepEqual([Math.round(box?.width ?? 0), Math.round(box?.height ?? 0)], [1280, 820])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.ok(await fullScreen.evaluate((button) => button === document.activeElement), 'the focus comes back')
  assert.deepEqual(errors, [])
})

test('a picture that is chosen before the page has woken up is not lost', async () => {
  await using opened = await browser.openPage()
  const { page } = opened
  let wake = () => {}
  const awake = new Promise<void>((resolve) => {
    wake = resolve
  })
  await page.route('**/_spaces/client/*.js', async (route) => {
    await awake
    await route.continue()
  })
  await page.goto(server.url, { waitUntil: 'commit' })
  const field = page.locator('[data-field=photo]')
  await choose(field, 'rgb.jpg')
  wake()
  await caption(field, /×/)
})
