// Every command in the README runs here, as it stands there. A new one has to be added to the table below.

import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cli = join(root, 'dist', 'cli.js')
const readme = await readFile(join(root, 'README.md'), 'utf8')
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && name !== 'NODE_TEST_CONTEXT'),
)
const run = promisify(execFile)

const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm'))].map(
    ([, text]) => text as string,
  )

interface Running extends AsyncDisposable {
  readonly url: string
}

/** Starts a server by its command and waits for the address that it prints. */
async function serve(command: string, args: readonly string[], cwd = root): Promise<Running> {
  const child: ChildProcess = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const found = /https?:\/\/[^\s/]+:\d+\//.exec(output)
      if (found) resolve(found[0])
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output}`)))
  })
  return {
    url,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      // The whole group: npm does not hand every signal on to what it started.
      if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGINT')
      await ended
    },
  }
}

/** Posts the coffee photo, as the README's own curl line does. */
async function bestLabel(url: string, field = 'photo'): Promise<string> {
  const form = new FormData()
  const photo = await readFile(join(root, 'spaces', 'image-classification', 'examples', 'coffee.jpg'))
  form.append(field, new File([photo], 'coffee.jpg', { type: 'image/jpeg' }))
  const response = await fetch(`${url}api/predict`, { method: 'POST', body: form })
  assert.equal(response.status, 200, await response.clone().text())
  const { labels } = (await response.json()) as { labels: { label: string }[] }
  return labels[0]?.label ?? 'none'
}

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'spaces-readme-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  async 'npm install && npm start'() {
    await using server = await serve('npm', ['start'])
    const page = await fetch(server.url)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /What is in this photo\?/)
    assert.equal(await bestLabel(`${server.url}image-classification/`), 'espresso')
  },

  async 'npm install && npm test'() {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    assert.equal(scripts.test, 'node test/run.mjs', 'npm test is what runs this very test')
  },

  async 'npx spaces dev coffee.ts'() {
    await using folder = await temporaryFolder()
    const [tenLines] = blocks('ts')
    assert.ok(tenLines)
    assert.equal(tenLines.trim().split('\n').length, 10)
    await writeFile(join(folder.path, 'coffee.ts'), tenLines)
    await symlink(join(root, 'spaces'), join(folder.path, 'spaces'))
    await using server = await serve(process.execPath, [cli, 'dev', 'coffee.ts'], folder.path)
    assert.equal(await bestLabel(server.url), 'espresso')
  },

  async 'npx spaces dev --task image-classification --model ./spaces/image-classification/model'() {
    const args = ['dev', '--task', 'image-classification', '--model', './spaces/image-classification/model']
    await using server = await serve(process.execPath, [cli, ...args])
    assert.equal(await bestLabel(server.url, 'image'), 'espresso')
  },

  async 'npx spaces new my-space --template image-classification'() {
    await using folder = await temporaryFolder()
    await run(process.execPath, [cli, 'new', 'my-space', '--template', 'image-classification'], {
      cwd: folder.path,
      env,
    })
    const made = JSON.parse(await readFile(join(folder.path, 'my-space', 'package.json'), 'utf8')) as { name: string }
    assert.equal(made.name, 'my-space')
  },

  async 'npx spaces check spaces/image-classification'() {
    const { stdout } = await run(process.execPath, [cli, 'check', 'spaces/image-classification'], { cwd: root, env })
    assert.match(stdout, /4/)
  },

  async 'curl -F photo=@spaces/image-classification/examples/coffee.jpg http://localhost:7860/image-classification/api/predict'() {
    await using server = await serve(process.execPath, [cli, 'dev', 'spaces'])
    const args = [
      '-sS',
      '-F',
      'photo=@spaces/image-classification/examples/coffee.jpg',
      `${server.url}image-classification/api/predict`,
    ]
    const { stdout } = await run('curl', args, { cwd: root, env })
    const { labels } = JSON.parse(stdout) as { labels: { label: string }[] }
    assert.equal(labels[0]?.label, 'espresso')
  },
}

const commands = blocks('sh').flatMap((block) =>
  block
    .trim()
    .split('\n')
    .map((line) => line.trim()),
)

test('the README has no command that is not run here', () => {
  assert.deepEqual(commands.toSorted(), Object.keys(COMMANDS).toSorted())
})

test('npx finds the command of this very checkout', async () => {
  const { stdout } = await run('npx', ['--offline', 'spaces', '--version'], { cwd: root, env })
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  assert.match(stdout, new RegExp(version.replaceAll('.', '\\.')))
})

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
)
for (const [command, check] of Object.entries(COMMANDS)) {
  const skip = command.startsWith('curl') && !hasCurl ? 'curl is not installed' : false
  test(`\`${command}\` does what the README says`, { skip }, check)
}
