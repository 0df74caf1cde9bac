import { defineCodec } from '#core/component.ts'
import { Image } from './definition.ts'

// sharp comes with the first picture, not with the server.
const exchange = () => import('#vision/media/exchange.ts')

export default defineCodec(Image, {
  async decode(ref, options, files, path) {
    const { receiveImage } = await exchange()
    return receiveImage(ref, options, files, path)
  },
  async encode(value, options, files, path) {
    const { sendImage } = await exchange()
    return sendImage(value, options, files, path)
  },
  sample: (file, _options, files) => files.adopt(file),
})
