import assert from 'node:assert/strict'
import { test } from 'node:test'
import codec from './server.ts'

const html = async (markdown: string) => codec.encode?.(markdown, {}, null as never, 'outputs.text')

test('headings, lists, tables and code become HTML', async () => {
  assert.equal(await html('# Palette'), '<h1>Palette</h1>\n')
  assert.match((await html('| a | b |\n|---|---|\n| 1 | 2 |')) ?? '', /<table>.*<td>2<\/td>/s)
  assert.match((await html('```ts\na < b\n```')) ?? '', /<pre><code class="language-ts">a &lt; b/)
})

test('a list of tasks says what is done, without controls that set nothing', async () => {
  const written = (await html('- [x] upload\n- [ ] run')) ?? ''
  assert.doesNotMatch(written, /<input/)
  assert.match(written, /<li><span role="img" aria-label="done">☑<\/span> upload<\/li>/)
  assert.match(written, /aria-label="to do">☐<\/span> run/)
})

test('a tag in the text is shown, not obeyed', async () => {
  const written = await html('<script>alert(1)</script>\n\nand <img src=x onerror=alert(1)> inside')
  assert.doesNotMatch(written ?? '', /<script|<img/)
  assert.match(written ?? '', /&lt;script&gt;/)
})

test('a link that runs something keeps its words and loses its address', async () => {
  const addresses = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<b>x</b>',
    'vbscript:x',
  ]
  for (const address of addresses) {
    const written = (await html(`[press here](<${address}>)`)) ?? ''
    assert.doesNotMatch(written, /href=/, address)
    assert.match(written, /press here/)
    assert.doesNotMatch((await html(`![seen](<${address}>)`)) ?? '', /src=/, address)
  }
})

test('an entity in an address hides nothing', async () => {
  assert.equal(await html('[a](&#106;avascript:alert)'), '<p>a</p>\n')
})

test('a picture from elsewhere becomes a link, so that nobody learns who reads the answer', async () => {
  assert.match((await html('![chart](https://example.org/a.png)')) ?? '', /^<p><a href="https:[^>]*>chart<\/a>/)
  assert.doesNotMatch((await html('![chart](//example.org/a.png)')) ?? '', /<img/)
  assert.match(
    (await html('![chart](data:image/png;base64,AAAA)')) ?? '',
    /<img src="data:image\/png;base64,AAAA" alt="chart"/,
  )
})

test('a quote in an address or a title ends no attribute', async () => {
  for (const text of [
    '[a](https://x.org/"onclick="alert)',
    '[a](https://x.org \'" onclick="alert(1)\')',
    '![" onerror="alert(1)](a.png)',
  ])
    assert.doesNotMatch((await html(text)) ?? '', /"\s*on(click|error)="/, text)
})

test('other links open beside the page, and learn nothing of it', async () => {
  assert.match(
    (await html('[docs](https://example.org/a?b=1&c=2)')) ?? '',
    /<a href="https:\/\/example\.org\/a\?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">docs<\/a>/,
  )
  assert.match((await html('[next](../depth/)')) ?? '', /href="\.\.\/depth\/"/)
})

test('an answer that is no text is refused', async () => {
  await assert.rejects(async () => codec.encode?.(7 as never, {}, null as never, 'outputs.text'), {
    message: /^outputs\.text: expected Markdown, as text, got 7/,
  })
})
