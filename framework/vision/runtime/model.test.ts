import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openModel } from './model.ts'

test('the numbers that Python writes and JSON does not know are read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-model-'))
  try {
    const text = '{ "least": -Infinity, "most": Infinity, "none": NaN, "said": "NaN, \\"-Infinity" }'
    await writeFile(join(folder, 'scheduler_config.json'), text)
    await writeFile(join(folder, 'config.json'), '{ "least": -Infinite }')
    await assert.rejects(openModel('tiny', folder, {}), { message: /config\.json: it is no JSON/ })
    await rm(join(folder, 'config.json'))
    const model = await openModel('tiny', folder, {})
    assert.deepEqual(await model.json('scheduler_config.json'), {
      least: Number.NEGATIVE_INFINITY,
      most: Number.POSITIVE_INFINITY,
      none: null,
      said: 'NaN, "-Infinity',
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
