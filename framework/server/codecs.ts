/** Finds the server half of a component by its kind. A kind without one has its wire form for a value. */

import type { Codec } from '#core/component.ts'

const loaded = new Map<string, Promise<Codec | null>>()

export function loadCodec(kind: string): Promise<Codec | null> {
  let codec = loaded.get(kind)
  if (codec === undefined) {
    codec = importCodec(kind)
    loaded.set(kind, codec)
  }
  return codec
}

async function importCodec(kind: string): Promise<Codec | null> {
  try {
    const { default: codec } = (await import(`../../components/${kind}/server.ts`)) as { default: Codec }
    return codec
  } catch (error) {
    if (isAbsent(error, kind)) return null
    throw error
  }
}

/** True where the folder has no server half; false where it has one that imports something missing. */
function isAbsent(error: unknown, kind: string): boolean {
  if (!(error instanceof Error)) return false
  const { url = '' } = error as { url?: string }
  const file = `components/${kind}/server.ts`
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
    return url ? url.endsWith(file) : error.message.includes(`${file}' imported`)
  }
  return error.message.startsWith('Module not found in bundle')
}
