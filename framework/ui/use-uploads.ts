import { useEffect, useRef, useState } from 'preact/hooks'
import type { ViewProps } from '#core/component.ts'
import type { FileRef } from '#core/schema.ts'

export interface Upload {
  readonly key: number
  readonly name: string
  /** Of the local file, shown at once. */
  readonly preview: string
  /** 0..1 */
  readonly fraction: number
}

/**
 * Sends files and keeps their local previews. `previewOf` goes on showing the local file after it was sent, so that the
 * picture neither flickers nor travels back.
 */
export function useUploads({ upload, complain }: Pick<ViewProps, 'upload' | 'complain'>) {
  const [running, setRunning] = useState<readonly Upload[]>([])
  const previews = useRef(new Map<string, string>())
  const aborts = useRef(new Map<number, AbortController>())
  const nextKey = useRef(1)

  useEffect(
    () => () => {
      for (const abort of aborts.current.values()) abort.abort()
      for (const url of previews.current.values()) URL.revokeObjectURL(url)
    },
    [],
  )

  /** Gives the reference, or null where it was cancelled or refused; why it was refused stands at the field then. */
  async function send(file: File): Promise<FileRef | null> {
    const key = nextKey.current++
    const abort = new AbortController()
    aborts.current.set(key, abort)
    const preview = URL.createObjectURL(file)
    setRunning((all) => [...all, { key, name: file.name, preview, fraction: 0 }])
    const onProgress = (fraction: number) =>
      setRunning((all) => all.map((one) => (one.key === key ? { ...one, fraction } : one)))
    try {
      const ref = await upload(file, { name: file.name, onProgress, signal: abort.signal })
      previews.current.set(ref.id, preview)
      return ref
    } catch (error) {
      URL.revokeObjectURL(preview)
      if (!abort.signal.aborted) complain(sentenceOf(error))
      return null
    } finally {
      aborts.current.delete(key)
      setRunning((all) => all.filter((one) => one.key !== key))
    }
  }

  return {
    running,
    send,
    cancel: (key: number) => aborts.current.get(key)?.abort(),
    previewOf: (ref: FileRef): string | undefined => previews.current.get(ref.id),
    /** Frees the local copy of a file that is no longer shown. */
    forget(ref: FileRef): void {
      const url = previews.current.get(ref.id)
      if (url) URL.revokeObjectURL(url)
      previews.current.delete(ref.id)
    },
  }
}

/** A `PublicError` in one line, without the path: it stands at the field. Of any other failure only that it happened. */
export function sentenceOf(error: unknown): string {
  const { message, hint } = (error ?? {}) as { message?: unknown; hint?: unknown }
  const said = [message, hint].filter((part) => typeof part === 'string' && part !== '')
  if (said.length === 0) return 'The file could not be sent. Try again.'
  return said.join(' ').replace(/^inputs\.[\w.[\]]+: (\w)/, (_, letter: string) => letter.toUpperCase())
}
