/** Transformers.js in a folder of its own, so that the project does not depend on it. Needs the npm registry once. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { peersFolder } from './contender.ts'

/** @returns its version. */
export function installTransformers(): string {
  const manifest = join(peersFolder, 'node_modules', '@huggingface', 'transformers', 'package.json')
  if (!existsSync(manifest)) {
    mkdirSync(peersFolder, { recursive: true })
    // onnxruntime's install script fetches files for GPUs from another host; what a processor needs is in the package.
    const args = ['install', '--prefix', peersFolder, '--ignore-scripts', '--no-audit', '--no-fund']
    execFileSync('npm', [...args, '@huggingface/transformers'], { stdio: 'inherit' })
  }
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}
