import { useEffect, useState } from 'preact/hooks'
import { IconButton } from './icon-button.tsx'
import { check, copy } from './icons.ts'

/** Puts text on the clipboard and says so for two seconds. Where the browser forbids it, the text is there to be selected. */
export function CopyButton({ text }: { text: () => string }) {
  const [result, setResult] = useState<'Copied' | 'Not allowed to copy' | null>(null)
  useEffect(() => {
    if (!result) return
    const timer = setTimeout(() => setResult(null), 2000)
    return () => clearTimeout(timer)
  }, [result])
  const put = async () => {
    try {
      await navigator.clipboard.writeText(text())
      setResult('Copied')
    } catch {
      // Without HTTPS, or by a policy of the page around this one, there is no clipboard to write to.
      setResult('Not allowed to copy')
    }
  }
  return (
    <>
      <IconButton icon={result === 'Copied' ? check : copy} label={result ?? 'Copy'} onClick={put} />
      <span class="visually-hidden" aria-live="polite">
        {result}
      </span>
    </>
  )
}
