import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wantedFiles } from './wanted.ts'

const graphs = (paths: readonly string[], selection?: Parameters<typeof wantedFiles>[1]) =>
  wantedFiles(paths, selection).paths

test('Configuration, tokenizer and labels are wanted; weights of other frameworks, pictures and prose are not', () => {
  const texts = ['chat_template.jinja', 'config.json', 'labels.txt', 'merges.txt', 'tokenizer.json', 'vocab.txt']
  const rest = ['.gitattributes', 'README.md', 'cat.png', 'model.safetensors', 'pytorch_model.bin']
  rest.push('model.safetensors.index.json', 'openvino/model.xml', 'a/b/c.json')
  assert.deepEqual(graphs([...rest, ...texts]), texts)
})

test('Without a dtype it is fp32, or the most exact one that is there', () => {
  assert.deepEqual(graphs(['onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_q4f16.onnx']), ['onnx/model.onnx'])
  assert.deepEqual(graphs(['onnx/model_quantized.onnx', 'onnx/model_fp16.onnx']), ['onnx/model_fp16.onnx'])
})

test('A dtype takes the files of its suffix alone', () => {
  const paths = ['onnx/model.onnx', 'onnx/model_q4.onnx', 'onnx/model_q4f16.onnx', 'onnx/model_quantized.onnx']
  assert.deepEqual(graphs(paths, { dtype: 'q4' }), ['onnx/model_q4.onnx'])
  assert.deepEqual(graphs(paths, { dtype: 'q4f16' }), ['onnx/model_q4f16.onnx'])
  assert.deepEqual(graphs(paths, { dtype: 'q8' }), ['onnx/model_quantized.onnx'])
})

test('External data comes with its graph, whatever it is cut into', () => {
  const paths = ['onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model.onnx_data_1', 'onnx/model_q4.onnx_data']
  assert.deepEqual(graphs(paths), paths.slice(0, 3))
  assert.deepEqual(graphs(['net.onnx', 'net.onnx.data', 'other.onnx.data']), ['net.onnx', 'net.onnx.data'])
  assert.deepEqual(graphs(['unet/model.onnx', 'unet/weights.pb']), ['unet/model.onnx', 'unet/weights.pb'])
})

test('Each graph may have a dtype of its own', () => {
  const paths = ['onnx/decoder_model_merged.onnx', 'onnx/decoder_model_merged_quantized.onnx']
  paths.push('onnx/encoder_model.onnx', 'onnx/encoder_model_fp16.onnx')
  const dtype = { encoder_model: 'fp16', decoder_model_merged: 'q8' } as const
  assert.deepEqual(graphs(paths, { dtype }), [
    'onnx/decoder_model_merged_quantized.onnx',
    'onnx/encoder_model_fp16.onnx',
  ])
})

test('Where the whole model is there, its parts are left', () => {
  const clip = ['onnx/model.onnx', 'onnx/text_model.onnx', 'onnx/vision_model.onnx']
  assert.deepEqual(graphs(clip), ['onnx/model.onnx'])
  assert.deepEqual(graphs(clip.slice(1)), clip.slice(1))
  const seq2seq = ['onnx/decoder_model.onnx', 'onnx/decoder_with_past_model.onnx', 'onnx/encoder_model.onnx']
  assert.deepEqual(graphs(seq2seq), seq2seq)
  assert.deepEqual(graphs([...seq2seq, 'onnx/decoder_model_merged.onnx']), [
    'onnx/decoder_model_merged.onnx',
    'onnx/encoder_model.onnx',
  ])
})

test('A task that runs a part of the model takes that part alone', () => {
  const clip = ['onnx/model.onnx', 'onnx/text_model.onnx', 'onnx/vision_model.onnx']
  assert.deepEqual(graphs(clip, { task: 'image-feature-extraction' }), ['onnx/vision_model.onnx'])
  assert.deepEqual(graphs(['onnx/model.onnx'], { task: 'image-feature-extraction' }), ['onnx/model.onnx'])
  assert.deepEqual(graphs(clip, { task: 'zero-shot-image-classification' }), ['onnx/model.onnx'])
  const owl = ['onnx/model.onnx', 'onnx/vision_encoder.onnx']
  assert.deepEqual(graphs(owl, { task: 'image-guided-object-detection' }), ['onnx/vision_encoder.onnx'])
  assert.deepEqual(graphs(owl, { task: 'zero-shot-object-detection' }), ['onnx/model.onnx'])
})

test('Of a diffusers pipeline the components that run are wanted', () => {
  const needed = ['model_index.json', 'text_encoder/model.onnx', 'unet/model.onnx', 'vae_decoder/model.onnx']
  const paths = [...needed, 'safety_checker/model.onnx', 'vae_encoder/model.onnx']
  assert.deepEqual(graphs(paths), needed)
})

test('Named files are taken instead, by path or pattern, and what fits nothing is told', () => {
  const paths = ['config.json', 'onnx/model.onnx', 'onnx/vision_model.onnx', 'onnx/vision_model_q4.onnx']
  const { paths: chosen, missing } = wantedFiles(paths, { files: ['onnx/vision_*.onnx', 'onnx/text_model.onnx'] })
  assert.deepEqual(chosen, ['config.json', 'onnx/vision_model.onnx', 'onnx/vision_model_q4.onnx'])
  assert.deepEqual(missing, [{ path: 'onnx/text_model.onnx' }])
})

test('A dtype that a graph has not is missing, with those that it has', () => {
  const paths = ['onnx/encoder_model.onnx', 'onnx/encoder_model_fp16.onnx', 'onnx/decoder_model_merged_q4.onnx']
  assert.deepEqual(wantedFiles(paths, { dtype: 'q4' }).missing, [
    { path: 'onnx/encoder_model_q4.onnx', dtypes: ['fp32', 'fp16'] },
  ])
  const own = wantedFiles(paths, { dtype: { decoder_model_merged: 'fp32' } })
  assert.deepEqual(own.missing, [{ path: 'onnx/decoder_model_merged.onnx', dtypes: ['q4'] }])
})

test('A graph that a repository has for other ends may lack the dtype', () => {
  const paths = ['onnx/model_q4.onnx', 'onnx/tiling.onnx']
  assert.deepEqual(wantedFiles(paths, { dtype: 'q4' }), { paths: ['onnx/model_q4.onnx'], missing: [] })
})

test('Without a dtype, or with auto, it is what the repository advises, where it has that', () => {
  const paths = ['onnx/decoder_model_merged.onnx', 'onnx/decoder_model_merged_q4.onnx']
  paths.push('onnx/encoder_model.onnx', 'onnx/encoder_model_q4.onnx')
  const split = ['onnx/decoder_model_merged_q4.onnx', 'onnx/encoder_model.onnx']
  const dtype = { encoder_model: 'fp32', decoder_model_merged: 'q4' } as const
  assert.deepEqual(wantedFiles(paths, {}, { dtype }).paths, split)
  assert.deepEqual(wantedFiles(paths, { dtype: 'auto' }, { dtype: 'q4' }).paths, [paths[1], paths[3]])
  assert.deepEqual(wantedFiles(paths, { dtype: 'fp32' }, { dtype: 'q4' }).paths, [paths[0], paths[2]])
  assert.deepEqual(wantedFiles(paths, { dtype: { encoder_model: 'q4' } }, { dtype }).paths, [paths[1], paths[3]])
  assert.deepEqual(wantedFiles(paths, {}, { dtype: 'fp16' }).paths, [paths[0], paths[2]])
})

test('Where the whole lacks the dtype, its parts that have it are taken', () => {
  const paths = ['onnx/model.onnx', 'onnx/text_model_q4.onnx', 'onnx/vision_model_q4.onnx']
  assert.deepEqual(wantedFiles(paths, { dtype: 'q4' }), { paths: paths.slice(1), missing: [] })
})

test('Of weights that are said to lie in several files none may be missing', () => {
  const paths = ['onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model_q4.onnx', 'onnx/model_q4.onnx_data_1']
  const advice = { externalData: { model: true, 'model_q4.onnx': 2 } }
  assert.deepEqual(wantedFiles(paths, {}, advice), { paths: paths.slice(0, 2), missing: [] })
  assert.deepEqual(wantedFiles(paths, { dtype: 'q4' }, advice).missing, [{ path: 'onnx/model_q4.onnx_data' }])
  assert.deepEqual(wantedFiles(paths, { externalData: 2 }).missing, [{ path: 'onnx/model.onnx_data_1' }])
  assert.deepEqual(wantedFiles(['onnx/model.onnx'], {}, { externalData: true }).missing, [])
})

test('Weights of diffusers may be cut into several files', () => {
  const paths = ['unet/model.onnx', 'unet/weights.pb', 'unet/weights.pb_1']
  assert.deepEqual(graphs(paths), paths)
})

test('Graphs may lie in another folder, and have another name', () => {
  const paths = ['onnx/model.onnx', 'webgpu/model.onnx', 'webgpu/model_fp16.onnx', 'onnx/tower.onnx', 'plain.onnx']
  assert.deepEqual(graphs(paths, { subfolder: 'webgpu' }), ['webgpu/model.onnx'])
  assert.deepEqual(graphs(paths, { subfolder: '' }), ['plain.onnx'])
  assert.deepEqual(graphs(['onnx/model.onnx', 'openvino/model.onnx', 'old/model.onnx']), ['onnx/model.onnx'])
  assert.deepEqual(graphs(paths, { modelFile: 'tower' }), ['onnx/tower.onnx'])
  assert.deepEqual(wantedFiles(paths, { modelFile: 'other', dtype: 'q8' }).missing, [
    { path: 'onnx/other_quantized.onnx' },
  ])
  assert.deepEqual(wantedFiles(paths, { subfolder: 'none', modelFile: 'model' }).missing, [{ path: 'none/model.onnx' }])
})

test('A repository that is made for other runtimes alone lacks its graph', () => {
  const paths = ['config.json', 'model.safetensors', 'preprocessor_config.json']
  assert.deepEqual(wantedFiles(paths).missing, [{ path: 'onnx/model.onnx' }])
  assert.deepEqual(wantedFiles(paths, { graphs: [] }), {
    paths: ['config.json', 'preprocessor_config.json'],
    missing: [],
  })
  assert.deepEqual(wantedFiles(['config.json']).missing, [])
})

test('A part of a model is enough only in the dtype that is wanted', () => {
  const paths = ['onnx/model.onnx', 'onnx/model_q4.onnx', 'onnx/vision_model.onnx']
  const task = 'image-feature-extraction'
  assert.deepEqual(graphs(paths, { task }), ['onnx/vision_model.onnx'])
  assert.deepEqual(graphs(paths, { task, dtype: 'q4' }), ['onnx/model_q4.onnx'])
})

test('Graphs may be named one by one, or none be wanted', () => {
  const paths = ['config.json', 'onnx/model.onnx', 'onnx/text_model.onnx', 'onnx/vision_model.onnx']
  assert.deepEqual(graphs(paths, { graphs: ['text_model'] }), ['config.json', 'onnx/text_model.onnx'])
  assert.deepEqual(graphs(paths, { graphs: [] }), ['config.json'])
  assert.deepEqual(graphs(['unet/model.onnx', 'vae_decoder/model.onnx'], { graphs: ['unet'] }), ['unet/model.onnx'])
})

test('The pieces of a tokenizer come where nothing else says them', () => {
  const pieces = ['config.json', 'sentencepiece.bpe.model', 'spiece.model', 'text/spiece.model', 'other.model']
  assert.deepEqual(graphs(pieces, { graphs: [] }), pieces.slice(0, 4))
  assert.deepEqual(graphs([...pieces, 'tokenizer.json'], { graphs: [] }), [
    'config.json',
    'text/spiece.model',
    'tokenizer.json',
  ])
})
