import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSpaceError } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import type { Json } from '../task.ts'
import { createTimmProcessor } from './timm.ts'

const picture: Pixels = {
  width: 60,
  height: 40,
  channels: 3,
  data: Uint8Array.from({ length: 7200 }, (_, i) => (i * 7) % 256),
}
const tensorOf = (raw: Json) => createTimmProcessor(raw).process(picture).pixel_values

test('what timm takes for not given is not given', () => {
  const base = { input_size: [3, 32, 32] }
  const empty = { ...base, interpolation: '', crop_pct: 0, crop_mode: null, mean: [], std: null, test_crop_pct: 1 }
  assert.deepEqual(tensorOf(empty), tensorOf(base))
})

test('a centre crop that is no square resizes bilinearly, whatever is asked for', () => {
  const of = (interpolation: string) => tensorOf({ input_size: [3, 24, 32], interpolation })
  assert.deepEqual(of('bicubic'), of('bilinear'))
  assert.deepEqual(of('bicubic').dims, [1, 3, 24, 32])
})

test('a setting that cannot be is named', () => {
  for (const raw of [{ input_size: [224] }, { interpolation: 'random' }, { crop_pct: -1 }, { mean: 'x' }] as Json[]) {
    const [name] = Object.keys(raw)
    assert.throws(
      () => createTimmProcessor(raw),
      (error: Error) => isSpaceError(error) && error.message.includes(`pretrained_cfg.${name}`),
    )
  }
})
