/** A model's tokenizer alone. */

import { type ModelOptions, modelFolder, shownName } from '../model-folder.ts'
import { type OpenOptions, readOpenOptions } from '../open-options.ts'
import type { Model } from '../task.ts'
import type { Tokenizer } from '../text/tokenizer.ts'

/**
 * The tokenizer of a model (a folder, the id of a repository on the Hub, or what `openModel` gave); like
 * `AutoTokenizer.from_pretrained`. It works in this thread.
 *
 * @param options - `folder`: where its files lie inside the model, `tokenizer` in diffusers' layout
 * @example
 * const tokenizer = await loadTokenizer('./model')
 * const { input_ids, attention_mask } = tokenizer.batch(['a cat', 'a dog on a mat'])   // int64 [2, length]
 * tokenizer.decode(tokenizer.encode('a cat').ids, { special: false })
 *
 * @throws SpaceError `model-missing`, `model-file-missing`, `model-broken`, and what fetching throws
 */
export async function loadTokenizer(
  model: string | Model,
  given?: OpenOptions & { folder?: string },
): Promise<Tokenizer> {
  const options = readOpenOptions('loadTokenizer', given, ['folder'])
  const { openTokenizer } = await import('../text/tokenizer.ts')
  const files = typeof model === 'object' ? model : await openFiles(model, options)
  const { folder = '' } = options
  return openTokenizer(files, folder === '' || folder.endsWith('/') ? folder : `${folder}/`)
}

async function openFiles(model: string, options: ModelOptions): Promise<Model> {
  const folder = await modelFolder(model, options, { graphs: [] })
  const { openModel } = await import('../runtime/model.ts')
  return openModel(shownName(model), folder)
}
