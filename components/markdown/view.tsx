import type { ViewProps } from '#core/component.ts'
import { Blank } from '#ui/blank.tsx'
import type { Markdown } from './definition.ts'

export default function MarkdownView({ value, state }: ViewProps<typeof Markdown>) {
  if (!value) return <Blank state={state}>{value === '' ? 'No text.' : 'The text appears here.'}</Blank>
  // The server half made this HTML of Markdown, tags escaped
  return <div class="prose" dangerouslySetInnerHTML={{ __html: value }} />
}
