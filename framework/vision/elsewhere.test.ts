import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSupported, taskUnsupported } from './elsewhere.ts'
import { TASKS } from './tasks.ts'

const refusal = (type: string, task: string): string | null => {
  try {
    checkSupported('org/model', { model_type: type }, task)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

test('A chat model is refused by what it is, and what writes captions here is named', () => {
  const said = refusal('qwen2_5_vl', 'image-to-text')
  assert.match(
    said ?? '',
    /expected a model for image-to-text, got qwen2_5_vl, a language model that is shown pictures/,
  )
  assert.match(said ?? '', /Florence-2/)
})

test('A chat model’s pictures can still be made features of', () => {
  assert.equal(refusal('qwen2_5_vl', 'image-feature-extraction'), null)
})

test('A model that scores texts for a picture is none that talks, though it is of such a family', () => {
  assert.equal(refusal('blip-2', 'zero-shot-image-classification'), null)
})

test('A matting model, one for poses and one for words of Segment Anything 3 say what to do instead', () => {
  assert.match(refusal('vitmatte', 'background-removal') ?? '', /trimap.*openModel/)
  assert.match(refusal('vitpose', 'object-detection') ?? '', /pose of one person.*onnx\(…\)/)
  assert.match(refusal('sam3', 'mask-generation') ?? '', /sam3_tracker/)
})

test('What runs is refused for no task', () => {
  const runs = `blip clip depth_anything detr edgetam florence2 git grounding-dino layoutlm omdet-turbo pix2struct sam sam2
    sam2_video sam3_tracker sam3_video segformer swin2sr vilt vision-encoder-decoder vit vitdet xclip`
  for (const type of runs.split(/\s+/))
    for (const task of Object.keys(TASKS)) assert.equal(refusal(type, task), null, `${type} for ${task}`)
})

test('A task of the Hub that is not here says what to take in its place', () => {
  const known = Object.keys(TASKS)
  assert.match(taskUnsupported('image-text-to-text', known).message, /Florence-2/)
  assert.match(taskUnsupported('vqa', known).message, /visual-question-answering/)
  assert.match(taskUnsupported('depth-estimaton', known).message, /Did you mean `depth-estimation`/)
  assert.match(taskUnsupported('nonsense', known).message, /Check the spelling/)
})
