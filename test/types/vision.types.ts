// What calls of spaces/vision take and give. Checked by `tsc`; nothing here runs.

import {
  type Classification,
  type DetectedObject,
  type Detection,
  type FoundMasks,
  type Image,
  type Keypoint,
  onnx,
  openImage,
  type Pipeline,
  pipeline,
  type SegmentedPart,
  type Tensor,
} from 'spaces/vision'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is =
  <T>() =>
  <U>(_value: U, _equal: Equal<T, U>): void => {}

const photo = 'photo.jpg'
const values: Tensor<'float32'> = { type: 'float32', dims: [1], data: new Float32Array(1) }

export async function onePictureOrMany(bytes: Buffer, signal: AbortSignal) {
  const classify: Pipeline<'image-classification'> = await pipeline('image-classification', './model', { dtype: 'q8' })
  is<Classification[]>()(await classify(photo), true)
  is<Classification[]>()(await classify(bytes, { top_k: 3, function_to_apply: 'sigmoid', signal }), true)
  is<Classification[][]>()(
    await classify([photo, bytes, new URL('file:///a.png'), new Blob([]), await openImage(photo)]),
    true,
  )
  is<number | undefined>()(classify.timings?.run, true)
  // @ts-expect-error an option of another name
  await classify(photo, { topk: 3 })
  // @ts-expect-error an option of another type
  await classify(photo, { top_k: '3' })
  // @ts-expect-error no picture
  await classify(5)
  // @ts-expect-error no such task
  await pipeline('image-clasification', './model')
  // @ts-expect-error no such option
  await pipeline('image-classification', './model', { dtyp: 'q8' })
  // @ts-expect-error no such dtype
  await pipeline('image-classification', './model', { dtype: 'fp7' })
}

export async function whatTasksGive() {
  await using estimate = await pipeline('depth-estimation', './model')
  const { depth, predicted_depth } = await estimate(photo)
  is<Image>()(depth, true)
  is<Float32Array>()(predicted_depth.data, true)
  const detect = await pipeline('object-detection', './model')
  is<DetectedObject[]>()(await detect(photo, { threshold: 0.5, percentage: true }), true)
  const segment = await pipeline('image-segmentation', './model')
  is<SegmentedPart[]>()(await segment(photo, { subtask: 'panoptic', mask_threshold: 0.5 }), true)
  const mask = await pipeline('mask-generation', './model')
  is<FoundMasks>()(await mask(photo, { input_points: [[[1, 2]]], input_labels: [[1]] }), true)
  const write = await pipeline('image-to-text', './model')
  const texts = await write([photo], { max_new_tokens: 5, num_beams: 3 })
  is<string | undefined>()(texts[0]?.[0]?.generated_text, true)
  const cut = await pipeline('background-removal', './model')
  is<Image[]>()(await cut([photo]), true)
  // @ts-expect-error no such subtask
  await segment(photo, { subtask: 'both' })
  // @ts-expect-error labels are for the zero-shot task
  await detect(photo, ['cat'])
}

export async function whatTasksTake() {
  const find = await pipeline('zero-shot-object-detection', './model')
  is<string | undefined>()((await find(photo, ['cat'] as const, { threshold: 0.1 }))[0]?.label, true)
  // @ts-expect-error without labels
  await find(photo)
  const answer = await pipeline('visual-question-answering', './model')
  await answer(photo, 'What is it?', { top_k: 2 })
  // @ts-expect-error without a question
  await answer(photo)
  const paint = await pipeline('text-to-image', './model')
  is<Image[]>()(await paint('a cat', { negative_prompt: 'a dog', latents: values, seed: 1 }), true)
  is<Tensor<'float32'>[]>()(await paint(['a cat'], { output_type: 'np' }), true)
  const dream = await pipeline('unconditional-image-generation', './model')
  is<Image[]>()(await dream(), true)
}

export async function videosAreFramesOrFiles() {
  const classify = await pipeline('video-classification', './model')
  is<Classification[]>()(await classify('clip.mp4', { top_k: 2 }), true)
  is<Classification[]>()(await classify([photo, photo]), true)
  is<Classification[][]>()(await classify([[photo], [photo]]), true)
  is<Classification[][]>()(await classify(['a.mp4', 'b.webm']), true)
}

export async function anyGraph() {
  const detect = await onnx('yolo.onnx', { picture: { fit: 'letterbox', pad: [1, 2, 3] }, head: { kind: 'yolo' } })
  is<Detection[]>()(await detect(photo), true)
  is<Detection[][]>()(await detect([photo]), true)
  const points = await onnx('pose.onnx', { picture: {}, head: { kind: 'keypoints', labels: ['nose'] } })
  is<Keypoint[]>()(await points(photo), true)
  const own = await onnx('any.onnx', { picture: {}, head: ({ out }) => out?.dims.length ?? 0 })
  is<number>()(await own(photo), true)
  const generate = await onnx('gan.onnx', { head: { kind: 'image', range: [-1, 1] } })
  is<Image>()(await generate({ z: values }), true)
  const restyle = await onnx('style.onnx', { picture: {}, pictures: { style: {} }, head: { kind: 'image' } })
  await restyle(photo, { feeds: { style: 'stars.jpg' } })
  const enlarge = await onnx('esrgan.onnx', { picture: { fit: 'tiles', resample: 'opencv' }, head: { kind: 'image' } })
  is<Image>()(await enlarge({ data: new Uint8ClampedArray(12), width: 2, height: 2, channels: 3 }), true)
  // @ts-expect-error no such way to fit
  await onnx('yolo.onnx', { picture: { fit: 'squeeze' }, head: { kind: 'yolo' } })
  // @ts-expect-error no such key of a picture
  await onnx('yolo.onnx', { picture: { fit: 'cover', channel: 'bgr' }, head: { kind: 'yolo' } })
  // @ts-expect-error no such key of the head
  await onnx('yolo.onnx', { picture: {}, head: { kind: 'yolo', treshold: 0.4 } })
}
