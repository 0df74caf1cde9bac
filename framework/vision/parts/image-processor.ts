/** An image processor alone, for those who put the rest together themselves. */

import { expected, SpaceError } from '#core/errors.ts'
import type { ImageInput } from '../media/open-image.ts'
import { isPixelData } from '../media/pixel-data.ts'
import { modelFolder, shownName } from '../model-folder.ts'
import { type OpenOptions, readOpenOptions } from '../open-options.ts'
import { readPlacement } from '../placement.ts'
import type { Medium } from '../processors/config.ts'
import { type CallOptions, splitCall } from '../runtime/call-options.ts'
import { acquire, type Lease } from '../runtime/pool.ts'
import type { ImageProcessor, Json, Processed } from '../task.ts'

/** An image processor, called with pictures: it decodes and prepares them in a worker. `process` works on pixels, here. */
export interface LoadedImageProcessor extends ImageProcessor, AsyncDisposable {
  /** A list becomes one batch, `[count, channels, height, width]`. */
  (images: ImageInput | readonly ImageInput[], options?: CallOptions): Promise<Processed>
  /** Gives back the worker's share in it, if it was ever called. */
  dispose(): Promise<void>
}

/**
 * The image processor of a model (a folder, or the id of a repository on the Hub), or of a configuration such as
 * `preprocessor_config.json` or `processor_config.json` holds; like `AutoImageProcessor.from_pretrained`. One of a configuration works in this thread.
 *
 * @param options - `medium`: `video` for the processor of a model's frames, default `image`
 * @example
 * const processor = await loadImageProcessor('./model')
 * const { pixel_values } = await processor('photo.jpg')   // float32 [1, 3, height, width]
 *
 * @throws SpaceError `model-missing`, `model-file-missing`, `model-broken`, and what fetching throws
 */
export async function loadImageProcessor(
  model: string | Json,
  given?: OpenOptions & { medium?: Medium },
): Promise<LoadedImageProcessor> {
  const options = readOpenOptions('loadImageProcessor', given, ['medium'])
  const { medium = 'image' } = options
  if (typeof model !== 'string') {
    if (typeof model !== 'object' || model === null)
      throw expected('model', 'a model folder’s path, a repository’s id, or a configuration', model)
    const { imageProcessorOf } = await import('../processors/open.ts')
    return createLoadedProcessor(await imageProcessorOf(model, medium), null)
  }
  const folder = await modelFolder(model, options, { graphs: [] })
  const id = shownName(model)
  const files = await (await import('../runtime/model.ts')).openModel(id, folder)
  return createLoadedProcessor(await files.processor(medium), { id, folder, medium })
}

/** @param home - the model's folder, from which a worker opens the same; null to work here */
export function createLoadedProcessor(
  processor: ImageProcessor,
  home: { readonly id: string; readonly folder: string; readonly medium: Medium } | null,
): LoadedImageProcessor {
  let lease: Promise<Lease> | null = null
  let isOpen = true
  const inWorker = async (from: NonNullable<typeof home>, args: readonly unknown[], signal?: AbortSignal) => {
    const { medium, ...model } = from
    const opening =
      lease ?? acquire({ task: 'image-processor', model, options: { medium }, ...readPlacement({}), pin: false })
    lease = opening
    opening.catch(() => {
      if (lease === opening) lease = null
    })
    return (await (await opening).call(args, signal ? { signal } : {})).value
  }
  const call = async (...given: readonly unknown[]) => {
    if (!isOpen) throw new SpaceError('pipeline-disposed', { task: 'image processor' })
    const { args, signal } = splitCall(given)
    const [images] = args
    return home ? inWorker(home, [images], signal) : hereAndNow(processor, images, signal)
  }
  const dispose = async () => {
    const open = lease
    isOpen = false
    lease = null
    await (await open)?.release()
  }
  const own = { process: checked(processor), dispose, [Symbol.asyncDispose]: dispose }
  return Object.assign(call as LoadedImageProcessor, processor, own)
}

async function hereAndNow(processor: ImageProcessor, images: unknown, signal: AbortSignal | undefined) {
  const [{ processImages }, { createContext }] = await Promise.all([
    import('../tasks/image-processor.ts'),
    import('../runtime/context.ts'),
  ])
  return processImages(
    processor,
    images,
    createContext(signal ?? new AbortController().signal, () => {}),
  )
}

/** Pictures are decoded elsewhere: who passes one here would be told nothing that helps. */
function checked({ process }: ImageProcessor): ImageProcessor['process'] {
  return (pictures) => {
    const list: readonly unknown[] = Array.isArray(pictures) ? pictures : [pictures]
    const wrong = list.find((each) => !isPixelData(each))
    if (list.length === 0 || wrong === undefined) return process(pictures)
    throw expected('pixels', 'decoded pixels', wrong, 'Call the processor itself, or pass “await image.rgb()”.')
  }
}
