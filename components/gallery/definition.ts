import { defineComponent, type } from '#core/component.ts'
import type { FieldOptions } from '#core/field.ts'
import type { GalleryItem, ImageFormat, Image as ImageValue } from '#core/media.ts'
import { type FileRef, schema } from '#core/schema.ts'

const FORMATS = ['png', 'jpeg', 'webp', 'avif'] as const

export interface GalleryOptions extends FieldOptions {
  /** Columns on a wide page; a narrow one shows fewer. Default: as many as fit. */
  columns?: number
  /** Most pictures that an input takes. Default 100. */
  maxItems?: number
  /** Longest side in pixels of the pictures that `run()` is given; larger ones are scaled down. Default: as they come. */
  maxSide?: number
  /** How answers without bytes of their own are sent to the browser. Default `webp`. */
  format?: ImageFormat
}

/** Pictures, or paths of files, each with a caption where there is one. */
export type Gallery = readonly (
  | ImageValue
  | string
  | { readonly image: ImageValue | string; readonly caption?: string | null }
)[]

export interface GalleryEntry extends Record<string, unknown> {
  readonly image: FileRef
  readonly caption: string | null
}

/** Many pictures. `run()` is given a list of {@link GalleryItem}; it may answer with pictures or paths of files. */
export const Gallery = defineComponent({
  kind: 'gallery',
  events: ['upload', 'change', 'select'],
  frame: 'group',
  optionNames: ['columns', 'maxItems', 'maxSide', 'format'],
  wire: ({ maxItems }: GalleryOptions & { maxItems: number; format: ImageFormat }) =>
    schema.list(
      schema.object<GalleryEntry>({ image: schema.file('image/*'), caption: schema.nullable(schema.text()) }),
      { maxItems },
    ),
  given: type<readonly GalleryItem[]>(),
  taken: type<Gallery>(),
  sample: type<readonly (string | { readonly image: string; readonly caption?: string | null })[]>(),
  normalize(options: GalleryOptions, report) {
    for (const name of ['columns', 'maxItems', 'maxSide'] as const) {
      const value = options[name]
      if (value !== undefined && !(Number.isInteger(value) && value > 0)) report(name, 'a whole number above 0', value)
    }
    const { format = 'webp' as const, maxItems = 100 } = options
    if (!FORMATS.includes(format)) report('format', `one of ${FORMATS.join(', ')}`, format)
    return { ...options, format, maxItems }
  },
})
