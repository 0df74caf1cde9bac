/**
 * JSON as Python writes it: with `NaN`, which becomes null, `Infinity` and `-Infinity`.
 * @throws SyntaxError
 */
export function parsePythonJson(text: string): unknown {
  const bare = /"(?:[^"\\]|\\.)*"|\bNaN\b|\bInfinity\b/g
  const numbers: Readonly<Record<string, string>> = { NaN: 'null', Infinity: '1e999' }
  return JSON.parse(/NaN|Infinity/.test(text) ? text.replace(bare, (found) => numbers[found] ?? found) : text)
}
