/** Models as tables in the terminal. */

import { bytes } from '#core/error-catalogue.ts'
import type { CachedModel, ModelInfo } from '#vision/hub/index.ts'
import { columns, paint } from './terminal.ts'

/** A line for each model. */
export function describeModels(models: readonly CachedModel[]): string {
  return columns(
    models.map((model) => [model.id, describe(model)]),
    '',
  )
}

function describe({ byteLength, incompleteBytes, revisions }: CachedModel): string {
  const versions = revisions.map(({ commit, refs }) => [commit.slice(0, 8), ...refs].join(' '))
  const partial = incompleteBytes > 0 ? paint('yellow', `, ${bytes(incompleteBytes)} of a download that was cut`) : ''
  return `${bytes(byteLength).padStart(7)}  ${versions.join(', ')}${partial}`
}

/** What a repository holds: its graphs with their dtypes, and the rest in one line. */
export function describeInfo({ id, commit, folder, files, wanted }: ModelInfo): string {
  const graphs = files.filter(({ dtype }) => dtype !== null)
  const rows = graphs.map(({ path, dtype, byteLength, isCached }): [string, string] => {
    const marks = [isCached ? 'here' : '', wanted.paths.includes(path) ? 'wanted' : ''].filter((mark) => mark !== '')
    return [path, `${(dtype ?? '').padEnd(5)}  ${bytes(byteLength).padStart(7)}  ${marks.join(', ')}`.trimEnd()]
  })
  const here = files.some(({ isCached }) => isCached) ? `\n  ${folder}` : ''
  return [
    `${id}  ${commit}`,
    columns(rows.length > 0 ? rows : [['no graphs of onnxruntime', '']]),
    `  a pipeline takes ${wanted.paths.length} files, ${bytes(wanted.byteLength)}${here}`,
  ].join('\n')
}
