/** This package itself, wherever it is installed. */

import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ownFolder = () => dirname(fileURLToPath(import.meta.resolve('spaces/package.json')))

export async function ownVersion(): Promise<string> {
  const text = await readFile(`${ownFolder()}/package.json`, 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
