// Programs with models that must compile, and what they must infer. Checked by `tsc`; nothing here runs.

import {
  type Classification,
  type Image,
  type LoadedImageProcessor,
  loadImageProcessor,
  loadTokenizer,
  type Model,
  type OpenedModel,
  type OpenedSession,
  type Outputs,
  openModel,
  openSession,
  type Pipeline,
  type Processed,
  pipeline,
  type Session,
  type Tensor,
  tensor,
} from 'spaces/vision'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** `is<number>()(value, true)` compiles only if `value` is exactly a number. */
const is =
  <T>() =>
  <U>(_value: U, _equal: Equal<T, U>): void => {}

/** Code written for Transformers.js moves over by its import. */
export async function movedOver(): Promise<void> {
  const classify = await pipeline('image-classification', 'onnx-community/mobilenetv4_conv_small.e2400_r224_in1k', {
    dtype: { model: 'q8' },
    device: 'webgpu',
    revision: 'main',
    cache_dir: './models',
    local_files_only: false,
    subfolder: 'onnx',
    model_file_name: 'model',
    use_external_data_format: { 'model.onnx': 2 },
    session_options: { graphOptimizationLevel: 'basic' },
    progress_callback: (event) => {
      if (event.status === 'progress') is<number>()(event.progress, true)
      if (event.status === 'ready') is<string>()(event.model, true)
    },
  })
  is<Pipeline<'image-classification'>>()(classify, true)
  is<Classification[]>()(await classify('photo.jpg', { top_k: 3 }), true)
  is<Classification[][]>()(await classify(['a.jpg', 'b.jpg']), true)
  // @ts-expect-error: no such weights
  await pipeline('image-classification', './model', { dtype: 'fp8' })
  // @ts-expect-error: no such device
  await pipeline('image-classification', './model', { device: 'tpu' })
  // @ts-expect-error: an option that is misspelt
  await pipeline('image-classification', './model', { localFilesOnly: true })
}

export async function byHand(photo: Image): Promise<void> {
  const processor = await loadImageProcessor('./model')
  is<LoadedImageProcessor>()(processor, true)
  const processed = await processor([photo, 'photo.jpg', new Uint8Array()])
  is<Processed>()(processed, true)
  is<Tensor<'float32'>>()(processed.pixel_values, true)

  await using session = await openSession('org/model', { graph: 'vision_encoder', dtype: 'fp16' })
  is<OpenedSession>()(session, true)
  const outputs = await session.run({ pixel_values: tensor('float32', new Float32Array(3), [1, 3, 1, 1]) })
  is<Outputs>()(outputs, true)
  is<Tensor<'float32'>>()(session.floats(outputs, 'logits'), true)

  await using model = await openModel('org/model', { graphs: ['text_model'] })
  is<OpenedModel>()(model, true)
  const plain: Model = model
  const one: Session = await model.session()
  const tokenizer = await loadTokenizer(plain)
  is<Tensor<'int64'>>()(tokenizer.batch(['a cat']).input_ids, true)
  is<string>()(tokenizer.decode(tokenizer.encode('a cat').ids), true)
  // @ts-expect-error: feeds are tensors
  await one.run({ pixel_values: [1, 2, 3] })
}
