import { defineCodec } from '#core/component.ts'
import { expected } from '#core/errors.ts'
import { Gallery } from './definition.ts'

// sharp comes with the first picture, not with the server.
const exchange = () => import('#vision/media/exchange.ts')

export default defineCodec(Gallery, {
  async decode(entries, options, files, path) {
    const { receiveImage } = await exchange()
    return Promise.all(
      entries.map(async ({ image, caption }, index) => ({
        image: await receiveImage(image, options, files, `${path}[${index}].image`),
        caption,
      })),
    )
  },
  async encode(items, options, files, path) {
    if (!Array.isArray(items)) throw expected(path, 'a list of pictures', items)
    const { sendImage } = await exchange()
    return Promise.all(
      items.map(async (item: (typeof items)[number], index) => {
        const { image, caption } = partsOf(item)
        return { image: await sendImage(image, options, files, `${path}[${index}].image`), caption }
      }),
    )
  },
  sample: (items, _options, files) =>
    Promise.all(
      items.map(async (item) => {
        const { image, caption } = partsOf(item)
        return { image: await files.adopt(image), caption }
      }),
    ),
})

/** A picture alone, or with a caption. */
function partsOf<T extends object | string>(
  item: T | { readonly image: T; readonly caption?: string | null },
): { image: T; caption: string | null } {
  if (typeof item !== 'object' || item === null || !('image' in item)) return { image: item as T, caption: null }
  return { image: item.image as T, caption: (item as { caption?: string | null }).caption ?? null }
}
