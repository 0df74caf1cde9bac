/** `spaces models`: what is in the cache of models, and how to get it in and out. */

import { bytes } from '#core/error-catalogue.ts'
import { nearest } from '#core/nearest.ts'
import { type CachedModel, createBar, fetchModel, listModels, removeModel } from '#vision/hub/index.ts'
import { readDtype } from '../call-task.ts'
import { defineCommand, EXIT, flag, UsageError } from '../command.ts'
import { columns, paint, print } from '../terminal.ts'

const ACTIONS = ['list', 'fetch', 'clear']

export default defineCommand({
  name: 'models',
  summary: 'List, fetch and clear the models of the Hub that are kept here',
  usage: '[list | fetch <org/name> … | clear <org/name> …]',
  about: [
    'The cache is the one of Python’s huggingface_hub: HF_HOME and HF_HUB_CACHE say where it is. HF_ENDPOINT names a',
    'mirror of the Hub, HF_TOKEN opens private and gated models.',
  ].join('\n'),
  args: { min: 0, max: 100 },
  flags: {
    revision: flag.text('fetch, clear: a branch, tag or commit (fetch: main; clear: all)', '<name>'),
    dtype: flag.text('fetch: the weights to take, e.g. fp16 or q8 (fp32 where there are such)', '<dtype>'),
    all: flag.on('clear: every model'),
    json: flag.on('list: as JSON'),
  },
  async run({ args: [action = 'list', ...ids], flags: { revision, dtype, all, json } }) {
    switch (action) {
      case 'list':
        return list(ids, json)
      case 'fetch':
        return fetchAll(ids, revision, dtype)
      case 'clear':
        return clear(ids, revision, all)
      default:
        throw new UsageError(
          `models: expected list, fetch or clear, got “${action}”. ${nearest(action, ACTIONS)}`.trim(),
        )
    }
  },
})

async function list(ids: readonly string[], json: boolean): Promise<number> {
  const models = (await listModels()).filter(({ id }) => ids.length === 0 || ids.includes(id))
  if (json) {
    print(JSON.stringify(models, null, 2))
    return EXIT.ok
  }
  if (models.length === 0) print('No model is kept here.')
  else
    print(
      columns(
        models.map((model) => [model.id, describe(model)]),
        '',
      ),
    )
  return EXIT.ok
}

function describe({ byteLength, incompleteBytes, revisions }: CachedModel): string {
  const versions = revisions.map(({ commit, refs }) => [commit.slice(0, 8), ...refs].join(' '))
  const partial = incompleteBytes > 0 ? paint('yellow', `, ${bytes(incompleteBytes)} of a download that was cut`) : ''
  return `${bytes(byteLength).padStart(7)}  ${versions.join(', ')}${partial}`
}

async function fetchAll(ids: readonly string[], revision: string | undefined, dtype: string | undefined) {
  if (ids.length === 0) throw new UsageError('models fetch: expected the id of a model, e.g. org/name.')
  for (const id of ids) {
    const bar = createBar(id)
    try {
      const { folder } = await fetchModel(id, { revision, dtype: readDtype(dtype), onProgress: bar.onProgress })
      bar.end()
      print(`${id}  ${folder}`)
    } finally {
      bar.end()
    }
  }
  return EXIT.ok
}

async function clear(ids: readonly string[], revision: string | undefined, all: boolean): Promise<number> {
  if (all === ids.length > 0) throw new UsageError('models clear: expected the ids of models, or --all.')
  if (all && revision !== undefined) throw new UsageError('models clear: --revision needs the id of a model.')
  const named = all ? (await listModels()).map(({ id }) => id) : ids
  for (const id of named) {
    const { freedBytes } = await removeModel(id, revision === undefined ? {} : { revision })
    print(`${id}  ${bytes(freedBytes)} freed`)
  }
  return EXIT.ok
}
