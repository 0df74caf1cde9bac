import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainText, renderMarkdown } from './markdown.ts'

test('Markdown becomes HTML, plain sentences without any library', async () => {
  assert.equal(await renderMarkdown('Two words.'), '<p>Two words.</p>\n')
  assert.equal(await renderMarkdown('**bold** `code`'), '<p><strong>bold</strong> <code>code</code></p>\n')
  assert.match(await renderMarkdown('- a\n- b'), /<ul>[\s\S]*<li>b<\/li>/)
  assert.match(await renderMarkdown('1. one'), /<ol>/)
  assert.match(await renderMarkdown('| a |\n|---|\n| b |'), /<table>/)
  assert.equal(await renderMarkdown(''), '')
})

test('raw HTML is shown, not done', async () => {
  for (const text of [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'a <b onclick="x()">b</b>',
    '<svg/onload=x>',
  ])
    assert.doesNotMatch(await renderMarkdown(text), /<(script|img|b |svg)/)
})

test('links lead to pages and mail, and to nothing that runs', async () => {
  assert.match(
    await renderMarkdown('[a](https://example.org/?a=1&b=2)'),
    /href="https:\/\/example\.org\/\?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"/,
  )
  assert.match(await renderMarkdown('[a](#part)'), /<a href="#part">a<\/a>/)
  assert.match(await renderMarkdown('[a](mailto:a@example.org)'), /href="mailto:/)
  for (const href of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java&#10;script:alert(1)',
    'javascript&colon;alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
  ]) {
    for (const text of [`[a](${href})`, `[a](<${href}>)`, `![a](${href})`, `[a][1]\n\n[1]: ${href}`])
      assert.doesNotMatch(await renderMarkdown(text), /(href|src)="?[^"]*(script|data|file):/i, text)
  }
})

test('pictures of other sites are links, so that a page tells nobody who reads it', async () => {
  const html = await renderMarkdown('![a cat](https://example.org/cat.png)')
  assert.match(html, /<a href="https:\/\/example\.org\/cat\.png"[^>]*>a cat<\/a>/)
  assert.doesNotMatch(html, /<img/)
})

test('cards and titles get the words alone', async () => {
  assert.equal(
    await plainText('Finds **cats** in [photos](https://example.org), even "small" ones & <b>more</b>.'),
    'Finds cats in photos, even "small" ones & <b>more</b>.',
  )
})
