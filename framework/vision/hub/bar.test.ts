import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBar } from './bar.ts'

function createScreen(isTTY: boolean) {
  const writes: string[] = []
  return { isTTY, columns: 120, write: (text: string) => writes.push(text), writes }
}

test('In a terminal one line shows share, bytes and speed of all files together', () => {
  const screen = createScreen(true)
  let time = 0
  const bar = createBar('org/name', screen, () => time)
  bar.onProgress({ file: 'a', receivedBytes: 0, totalBytes: 3_000_000 })
  bar.onProgress({ file: 'b', receivedBytes: 500_000, totalBytes: 1_000_000 })
  time = 1000
  bar.onProgress({ file: 'a', receivedBytes: 1_500_000, totalBytes: 3_000_000 })
  const cells = `${'█'.repeat(12)}${'░'.repeat(12)}`
  assert.equal(screen.writes.at(-1), `\r\x1b[2Korg/name ${cells} 50 % · 2 MB of 4 MB · 1.5 MB/s`)
  bar.end()
  assert.equal(screen.writes.at(-1), '\r\x1b[2K')
})

test('A line is not drawn more often than eyes can follow', () => {
  const screen = createScreen(true)
  const bar = createBar('org/name', screen, () => 5)
  for (let receivedBytes = 0; receivedBytes < 100; receivedBytes++) {
    bar.onProgress({ file: 'a', receivedBytes, totalBytes: 1000 })
  }
  assert.equal(screen.writes.length, 1)
})

test('A log gets a line for each file, once it is there', () => {
  const screen = createScreen(false)
  const bar = createBar('org/name', screen)
  for (const receivedBytes of [0, 10, 20, 20]) bar.onProgress({ file: 'config.json', receivedBytes, totalBytes: 20 })
  bar.end()
  assert.deepEqual(screen.writes, ['org/name config.json (20 B)\n'])
})
