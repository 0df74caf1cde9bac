/** Files of weights beside a graph that no naming rule tells: older exports have one for each tensor, named after it. */

import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { sizeOf } from './cache.ts'

/** A graph whose weights lie elsewhere is small; what is larger has them inside. */
const LARGEST_GRAPH_BYTES = 256 << 20
/** What lies beside graphs and is never theirs. */
const OTHERS = /\.(onnx|json|jinja|md|txt|py|png|jpe?g|webp|gif|safetensors|h5|msgpack)$|(^|\/)\.git/

/**
 * @param folder - of the model on disk, where the graphs are already
 * @param graphs - paths of the graphs inside it
 * @param others - what the repository has beside what is there already
 * @returns those of the others that a graph names as the place of its weights
 */
export async function externalFiles(
  folder: string,
  graphs: readonly string[],
  others: readonly string[],
): Promise<string[]> {
  const found = new Set<string>()
  for (const graph of graphs) {
    const home = posix.dirname(graph)
    const near = others.filter((path) => !OTHERS.test(path) && (home === '.' || path.startsWith(`${home}/`)))
    const file = join(folder, graph)
    if (near.length === 0 || ((await sizeOf(file)) ?? Infinity) > LARGEST_GRAPH_BYTES) continue
    const named = new Set(locationsIn(await readFile(file)).map((name) => posix.join(home, name)))
    for (const path of near) if (named.has(path)) found.add(path)
  }
  return [...found]
}

/** The start of a `StringStringEntryProto` whose key is `location`, up to the length of its value: onnx.proto, `TensorProto.external_data`. */
const LOCATION = Buffer.from('\n\x08location\x12', 'latin1')

export function locationsIn(graph: Buffer): string[] {
  const names = new Set<string>()
  for (let at = graph.indexOf(LOCATION); at !== -1; at = graph.indexOf(LOCATION, at + 1)) {
    let start = at + LOCATION.length
    let length = 0
    for (let shift = 0; shift < 21; shift += 7) {
      const byte = graph[start++] ?? 0
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    names.add(graph.toString('utf8', start, start + length))
  }
  return [...names]
}
