/** `spaces models`: what is in the cache of models, how to get it in and out, and how to give a model to others. */

import { bytes } from '#core/error-catalogue.ts'
import { nearest } from '#core/nearest.ts'
import { createBar, fetchModel, listModels, modelInfo, pruneModel, pushToHub, removeModel } from '#vision/hub/index.ts'
import { readDtype } from '../call-task.ts'
import { defineCommand, EXIT, flag, UsageError } from '../command.ts'
import { describeInfo, describeModels } from '../model-tables.ts'
import { print, printError } from '../terminal.ts'

interface ModelFlags {
  readonly revision: string | undefined
  readonly dtype: string | undefined
  readonly task: string | undefined
  readonly all: boolean
  readonly 'dry-run': boolean
  readonly private: boolean
  readonly message: string | undefined
  readonly json: boolean
}

type Action = (args: readonly string[], flags: ModelFlags) => Promise<void>

export default defineCommand({
  name: 'models',
  summary: 'List, fetch and clear the models of the Hub that are kept here, and push one to it',
  usage: '[list | info | fetch | remove | prune | clear | push] …',
  about: [
    '  list [org/name …]            what is kept here (also without a word)',
    '  info <org/name …>            what a repository holds, in which dtypes, and what of it is here',
    '  fetch <org/name …>           fetches models before they are needed',
    '  remove <org/name …>          takes models out of the cache, or one revision of them',
    '  prune [org/name …]           takes out revisions that no branch or tag points to any more (of all models)',
    '  clear <org/name …> | --all   the same as remove, or everything',
    '  push <folder> <org/name>     makes a commit with the files of a folder, in a new repository where there is none',
    '',
    'The cache is the one of Python’s huggingface_hub: HF_HOME and HF_HUB_CACHE say where it is. HF_ENDPOINT names a',
    'mirror of the Hub, HF_TOKEN opens private and gated models and lets you push.',
    '',
    'Examples:',
    '  spaces models fetch onnx-community/rtdetr_r18vd --dtype q8',
    '  spaces models prune --dry-run',
    '  spaces models push ./trained my-name/my-model --private --message "First version"',
  ].join('\n'),
  args: { min: 0, max: 100 },
  flags: {
    revision: flag.text('A branch, tag or commit (default: main; remove: all)', '<name>'),
    dtype: flag.text('fetch, info: the weights to take, e.g. fp16 or q8', '<dtype>'),
    task: flag.text('fetch, info: what the model is for, where a part of it is enough', '<task>'),
    all: flag.on('clear: every model'),
    'dry-run': flag.on('remove, prune, clear: says what would be freed, and frees nothing'),
    private: flag.on('push: a new repository is private'),
    message: flag.text('push: title of the commit'),
    json: flag.on('list, info: as JSON'),
  },
  async run({ args: [name = 'list', ...args], flags }) {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
    const known = Object.keys(ACTIONS)
    if (!action)
      throw new UsageError(`models: expected ${known.join(', ')}, got “${name}”. ${nearest(name, known)}`.trim())
    await action(args, flags)
    return EXIT.ok
  },
})

const ACTIONS: Readonly<Record<string, Action>> = {
  async list(ids, { json }) {
    const models = (await listModels()).filter(({ id }) => ids.length === 0 || ids.includes(id))
    if (json) print(JSON.stringify(models, null, 2))
    else print(models.length === 0 ? 'No model is kept here.' : describeModels(models))
  },

  async info(ids, { revision, dtype, task, json }) {
    const infos = await Promise.all(
      named('info', ids).map((id) => modelInfo(id, { revision, task, dtype: readDtype(dtype) })),
    )
    if (json) print(JSON.stringify(infos.length === 1 ? infos[0] : infos, null, 2))
    else for (const info of infos) print(describeInfo(info))
  },

  async fetch(ids, { revision, dtype, task }) {
    for (const id of named('fetch', ids)) {
      const bar = createBar(id)
      try {
        const wish = { revision, task, dtype: readDtype(dtype), onProgress: bar.onProgress }
        const { folder } = await fetchModel(id, wish)
        bar.end()
        print(`${id}  ${folder}`)
      } finally {
        bar.end()
      }
    }
  },

  async remove(ids, { revision, 'dry-run': dryRun }) {
    for (const id of named('remove', ids)) {
      const { freedBytes } = await removeModel(id, { dryRun, ...(revision === undefined ? {} : { revision }) })
      print(`${id}  ${freed(freedBytes, dryRun)}`)
    }
  },

  async prune(ids, { 'dry-run': dryRun }) {
    for (const id of ids.length > 0 ? ids : (await listModels()).map((model) => model.id)) {
      const { commits, freedBytes } = await pruneModel(id, { dryRun })
      const what = commits.map((commit) => commit.slice(0, 8)).join(', ')
      print(commits.length === 0 ? `${id}  nothing to prune` : `${id}  ${freed(freedBytes, dryRun)}  ${what}`)
    }
  },

  async clear(ids, flags) {
    const { all, revision } = flags
    if (all === ids.length > 0) throw new UsageError('models clear: expected the ids of models, or --all.')
    if (all && revision !== undefined) throw new UsageError('models clear: --revision needs the id of a model.')
    const kept = all ? (await listModels()).map(({ id }) => id) : ids
    if (kept.length === 0) print('No model is kept here.')
    else await ACTIONS.remove?.(kept, flags)
  },

  async push(args, { revision, message, private: isPrivate }) {
    const [folder, repo] = args
    if (folder === undefined || repo === undefined || args.length > 2) {
      throw new UsageError(
        'models push: expected a folder and the name of a repository, e.g. ./model my-name/my-model.',
      )
    }
    const { url, commit, files } = await pushToHub(folder, repo, {
      ...(revision === undefined ? {} : { revision }),
      ...(message === undefined ? {} : { message }),
      ...(isPrivate ? { private: true } : {}),
      onProgress: ({ file, totalBytes }) => printError(`${repo} ${file} (${bytes(totalBytes)})`),
    })
    print(`${repo}  ${commit}  ${files.length} file${files.length === 1 ? '' : 's'}  ${url}`)
  },
}

function named(action: string, ids: readonly string[]): readonly string[] {
  if (ids.length > 0) return ids
  throw new UsageError(`models ${action}: expected the id of a model, e.g. org/name.`)
}

const freed = (count: number, dryRun: boolean) => `${bytes(count)} ${dryRun ? 'would be freed' : 'freed'}`
