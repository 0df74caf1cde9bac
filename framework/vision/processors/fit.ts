/**
 * Exporters freeze sizes: a graph may take one height and width only, or bytes. Its processor then prepares every picture
 * so, and as its configuration says wherever that fits. Python's model would take the picture as it is; the graph cannot.
 */

import { hasChannelsLast, picturePort } from '../feeds.ts'
import type { ImageProcessor, Model, Port, Session, Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import { createImageProcessor } from './processor.ts'

/** A model's graph, and its processor as that graph can take the pictures: see `fitProcessor`. */
export async function openFitted(model: Model): Promise<{ session: Session; processor: ImageProcessor }> {
  const [session, processor] = await Promise.all([model.session(), model.processor()])
  return { session, processor: fitted(processor, session) }
}

export const fitted = (processor: ImageProcessor, session: Session): ImageProcessor =>
  fitProcessor(processor, picturePort(session))

/** @param port - the graph's input for pictures */
export function fitProcessor(processor: ImageProcessor, port: Port | undefined): ImageProcessor {
  const settings = processor.config as unknown as Settings
  if (port?.dims.length !== 4 || processor.kind === 'Timm' || settings.size === undefined) return processor
  const bytes = port.type === 'uint8'
  const own = bytes ? withSettings(processor, { do_rescale: false, do_normalize: false }) : processor
  const size = fixedSize(port)
  if (!size || alwaysGives(own, size)) return own
  const squashed = withSettings(own, {
    do_resize: true,
    size: { height: size.height, width: size.width },
    do_center_crop: false,
    keep_aspect_ratio: false,
    ensure_multiple_of: 1,
    pad_size: null,
  })
  return {
    ...own,
    reads: () => null,
    process(pictures) {
      const processed = own.process(pictures)
      const [height, width] = processed.pixel_values.dims.slice(-2)
      return height === size.height && width === size.width ? processed : squashed.process(pictures)
    },
  }
}

function withSettings({ kind, config }: ImageProcessor, changes: Partial<Settings>): ImageProcessor {
  return createImageProcessor({ kind, raw: config, settings: { ...(config as unknown as Settings), ...changes } })
}

/** Null where the graph leaves one of them free. */
function fixedSize(port: Port): Size | null {
  const [height, width] = hasChannelsLast(port) ? port.dims.slice(1, 3) : port.dims.slice(2, 4)
  if (typeof height !== 'number' || typeof width !== 'number' || height <= 0 || width <= 0) return null
  return { width, height }
}

/** Whether pictures of any shape become this size; then nothing is to be fitted, and crops stay quick. */
function alwaysGives(processor: ImageProcessor, size: Size): boolean {
  return [
    { width: 16, height: 24 },
    { width: 24, height: 16 },
  ].every(({ width, height }) => {
    const flat = { width, height, channels: 3 as const, data: new Uint8Array(3 * width * height) }
    const [gotHeight, gotWidth] = processor.process(flat).pixel_values.dims.slice(-2)
    return gotHeight === size.height && gotWidth === size.width
  })
}
