import { defineComponent, type } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import type { ImageFormat, Image as ImageValue } from '#core/media.ts'
import { schema } from '#core/schema.ts'

const FORMATS = ['png', 'jpeg', 'webp', 'avif'] as const
const SOURCES = ['upload', 'camera', 'paste'] as const

export interface ImageOptions extends FieldOptions {
  /** Longest side in pixels of the picture that `run()` is given; a larger one is scaled down. Default: as it comes. */
  maxSide?: number
  /** How an answer without bytes of its own is sent to the browser. Default `webp`. */
  format?: ImageFormat
  /** Ways to bring a picture. Default all three; drag and drop comes with `upload`. */
  sources?: readonly (typeof SOURCES)[number][]
}

export type Image = ImageValue

/** A still picture. `run()` is given an {@link ImageValue}; it may answer with one, or with the path of a file. */
export const Image = defineComponent({
  kind: 'image',
  events: ['upload', 'clear', 'select'],
  frame: 'group',
  optionNames: ['maxSide', 'format', 'sources'],
  wire: () => schema.file('image/*'),
  given: type<ImageValue>(),
  taken: type<ImageValue | string>(),
  sample: type<string>(),
  normalize(options: ImageOptions, report) {
    const { maxSide, format = 'webp' as const, sources = SOURCES } = options
    if (maxSide !== undefined && !(Number.isInteger(maxSide) && maxSide > 0))
      report('maxSide', 'whole pixels above 0', maxSide)
    if (!FORMATS.includes(format)) report('format', `one of ${FORMATS.join(', ')}`, format)
    if (!Array.isArray(sources) || sources.length === 0 || !sources.every((source) => SOURCES.includes(source)))
      report('sources', `a list out of ${SOURCES.join(', ')}`, sources)
    return { ...options, format, sources }
  },
})
