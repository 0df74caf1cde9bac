// Runs the tests that stand beside the code in one process: each costs less than starting a process for it.
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

for (const file of process.env.UNIT_TESTS.split('\n')) {
  await import(pathToFileURL(file).href).catch((error) =>
    test(`${file} can be loaded`, () => {
      throw error
    }),
  )
}
