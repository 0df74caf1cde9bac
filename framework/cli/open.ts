/** Opens a page in the user's browser, and does without where there is none. */

import { spawn } from 'node:child_process'

export function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url]
  const child = spawn(command as string, args, { stdio: 'ignore', detached: true })
  child.on('error', () => process.stderr.write(`No browser could be opened; the page is at ${url}\n`))
  child.unref()
}
