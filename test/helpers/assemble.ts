/** WebAssembly text to the binary that is kept beside it, in base64. */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import loadWabt from 'wabt'

export async function assemble(file: URL): Promise<string> {
  const wabt = await loadWabt()
  const module = wabt.parseWat(basename(fileURLToPath(file)), readFileSync(file, 'utf8'), {
    simd: true,
    multi_value: true,
  })
  module.resolveNames()
  module.validate()
  return Buffer.from(module.toBinary({}).buffer).toString('base64')
}
