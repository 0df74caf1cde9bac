// Every program and command of framework/vision/README.md, type-checked and run as it stands there. The models that it
// names come from a Hub on the loopback, which gives out small ones under their names.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { TASKS } from '#vision/tasks.ts'
import { openFolder } from '../helpers/cli.ts'
import { type HubServer, openHub } from '../helpers/hub-server.ts'
import { filesBelow } from '../helpers/hub-world.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const fixture = (path: string) => join(root, 'test/fixtures/hf-tiny', path)
const readme = await readFile(join(root, 'framework/vision/README.md'), 'utf8')
const run = promisify(execFile)
const timeout = 120_000

const MODELS = {
  'onnx-community/rtdetr_r18vd': 'yolos',
  'Xenova/clip-vit-base-patch32': 'clip',
  'onnx-community/depth-anything-v2-small': 'glpn',
  'Xenova/segformer-b0-finetuned-ade-512-512': 'segformer',
  'onnx-community/Florence-2-base-ft': 'florence2',
  'Xenova/donut-base-finetuned-cord-v2': 'donut',
}

const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text]) => text as string)

async function addModels(hub: HubServer): Promise<void> {
  for (const [id, name] of Object.entries(MODELS)) {
    const files: Record<string, Uint8Array> = {}
    for (const path of await filesBelow(fixture(name))) files[path] = await readFile(join(fixture(name), path))
    hub.add(id, files)
  }
}

/** A project that has this package installed, with the files that the programs name. */
async function openProject() {
  const folder = await openFolder()
  const hub = await openHub()
  await addModels(hub)
  for (const photo of ['street.jpg', 'photo.jpg', 'receipt.jpg'])
    await cp(fixture('input/img.png'), join(folder.path, photo))
  await cp(fixture('vit/onnx/model.onnx'), join(folder.path, 'features.onnx'))
  await mkdir(join(folder.path, 'node_modules'))
  await symlink(root, join(folder.path, 'node_modules/spaces'))
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...inherited } = process.env
  const env = { ...inherited, HF_HOME: join(folder.path, 'hf'), HF_ENDPOINT: hub.url, HF_TOKEN: '', HF_HUB_OFFLINE: '' }
  return {
    path: folder.path,
    run: (command: string, args: readonly string[]) => run(command, args, { cwd: folder.path, env }),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('every task has a line in the table', () => {
  const named = [...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)
  for (const task of Object.keys(TASKS)) assert.ok(named.includes(task), task)
})

test('the programs compile and run', { timeout }, async () => {
  await using project = await openProject()
  const programs = blocks('ts').map((text, index) => ({ name: `program-${index}.mts`, text }))
  assert.ok(programs.length >= 8)
  for (const { name, text } of programs) await writeFile(join(project.path, name), text)
  const options = { extends: join(root, 'tsconfig.json'), include: ['*.mts'], exclude: [] }
  const types = { typeRoots: [join(root, 'node_modules/@types')] }
  await writeFile(join(project.path, 'tsconfig.json'), JSON.stringify({ ...options, compilerOptions: types }))
  const tsc = await project.run(join(root, 'node_modules/.bin/tsc'), ['-p', project.path]).catch((error) => error)
  assert.deepEqual(
    tsc.stdout.split('\n').filter((line: string) => line.startsWith('program-')),
    [],
  )
  const all = programs.map(
    ({ name }) => `await import(${JSON.stringify(pathToFileURL(join(project.path, name)).href)})`,
  )
  await writeFile(join(project.path, 'all.mjs'), all.join('\n'))
  const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href
  const { stdout } = await project.run(process.execPath, ['--conditions=spaces-source', '--import', tsx, 'all.mjs'])
  assert.match(stdout, /^label_\d 0\.\d+ from -?\d+, -?\d+ to \d+, \d+$/m)
})

test('the commands do what they say', { timeout }, async () => {
  await using project = await openProject()
  const lines = blocks('sh').flatMap((block) => block.trim().split('\n'))
  assert.ok(lines.length >= 6)
  for (const line of lines) {
    const [npx, name, ...args] = line.split(' ')
    assert.deepEqual([npx, name], ['npx', 'spaces'], line)
    const { stdout } = await project.run(process.execPath, [join(root, 'dist/cli.js'), ...args])
    assert.notEqual(stdout, '', line)
  }
})
