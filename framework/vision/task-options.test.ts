import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOpenOptions } from './open-options.ts'
import { checkCall } from './task-options.ts'
import { TASKS, type TaskName } from './tasks.ts'

const refusal = (task: TaskName, ...args: readonly unknown[]) => {
  try {
    checkCall(task, args)
  } catch (error) {
    return (error as Error).message
  }
  return null
}

test('a misspelt option is refused with the one that was meant and those that there are', () => {
  const message = refusal('object-detection', 'photo.jpg', { treshold: 0.5 })
  assert.match(message ?? '', /treshold: expected an option of object-detection, got 0\.5/)
  assert.match(message ?? '', /Did you mean `threshold`\? object-detection takes threshold, percentage\./)
  assert.match(
    refusal('depth-estimation', 'photo.jpg', { scale: 2 }) ?? '',
    /depth-estimation has no options of its own/,
  )
})

test('options are found wherever a call has them', () => {
  assert.match(refusal('zero-shot-image-classification', 'a.jpg', ['cat'], { template: '{}' }) ?? '', /^.*template: /)
  assert.match(refusal('zero-shot-image-classification', 'a.jpg', { candidate_labels: ['cat'], x: 1 }) ?? '', /x: /)
  assert.match(refusal('visual-question-answering', 'a.jpg', 'What?', { topk: 1 }) ?? '', /`top_k`/)
  assert.match(refusal('unconditional-image-generation', { batchsize: 2 }) ?? '', /`batch_size`/)
  assert.match(refusal('text-to-image', 'a cat', { negativ_prompt: 'dog' }) ?? '', /`negative_prompt`/)
  assert.match(
    refusal('image-to-text', 'a.jpg', { generate_kwargs: { num_beam: 2 } }) ?? '',
    /generate_kwargs.*`num_beams`/,
  )
})

test('what is undefined or null is no option', () => {
  assert.equal(refusal('object-detection', 'photo.jpg', { treshold: undefined, label: null }), null)
  assert.equal(refusal('object-detection', 'photo.jpg'), null)
})

test('the parameters of Python’s pipelines and of Transformers.js are known', () => {
  for (const task of Object.keys(TASKS) as TaskName[]) {
    const before = TASKS[task].hasSubject ? ['a.jpg'] : []
    assert.equal(refusal(task, ...before, { timeout: 3 }), null)
  }
  const generation = { use_cache: true, num_beam_groups: 1, pad_token_id: 0, generation_config: { max_new_tokens: 3 } }
  assert.equal(refusal('image-to-text', 'a.jpg', generation), null)
  assert.equal(refusal('document-question-answering', 'a.jpg', 'Who?', { ...generation, lang: 'eng' }), null)
  assert.equal(refusal('image-segmentation', 'a.jpg', { target_sizes: [[3, 4]] }), null)
})

test('pixels as second picture are no options', () => {
  const query = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 }
  assert.equal(refusal('image-guided-object-detection', 'a.jpg', query, { threshold: 0.1 }), null)
  assert.match(refusal('image-guided-object-detection', 'a.jpg', query, { thresold: 0.1 }) ?? '', /`threshold`/)
})

test('a misspelt option of opening is refused, and null is as good as nothing', () => {
  assert.throws(
    () => readOpenOptions('pipeline', { dtpye: 'q8' } as object),
    /dtpye: .*Did you mean `dtype`\? pipeline takes dtype, /,
  )
  assert.deepEqual(readOpenOptions('pipeline', { dtype: null, device: null, revision: 'main' } as object), {
    revision: 'main',
  })
})
