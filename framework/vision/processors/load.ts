/** An image processor alone, for those who put the rest together themselves. */

import { expected } from '#core/errors.ts'
import type { ImageProcessor, Json } from '../task.ts'

/**
 * The image processor of a model (a folder, or the id of a repository on the Hub), or of a configuration such as
 * `preprocessor_config.json` holds. It works in this thread.
 *
 * @example
 * const processor = await loadImageProcessor('./model')
 * const { pixel_values } = processor.process(await image.rgb())
 *
 * @throws SpaceError `model-missing`, `model-file-missing`, `model-broken`, and what fetching throws
 */
export async function loadImageProcessor(model: string | Json): Promise<ImageProcessor> {
  if (typeof model !== 'string') {
    if (typeof model !== 'object' || model === null)
      throw expected('model', 'a model folder’s path, a repository’s id, or a configuration', model)
    const [{ processorConfig }, { createImageProcessor }] = await Promise.all([
      import('./config.ts'),
      import('./processor.ts'),
    ])
    return createImageProcessor(processorConfig(model))
  }
  const [{ modelFolder }, { openModel }] = await Promise.all([
    import('../model-folder.ts'),
    import('../runtime/model.ts'),
  ])
  const folder = await modelFolder(model, {})
  const opened = await openModel(model, folder, { threads: 1, providers: ['cpu'], shareWeights: false })
  return opened.processor()
}
