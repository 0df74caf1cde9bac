/** A model's image processor alone, for `loadImageProcessor`: `run(images)` gives tensors. */

import { defineTask, type ImageProcessor, type Processed, type TaskContext } from '../task.ts'

export default defineTask({
  task: 'image-processor',
  async open(model, { medium }) {
    const processor = await model.processor(medium as 'image' | 'video')
    return { run: ([images], context) => processImages(processor, images, context) }
  },
})

/** Decodes and prepares one picture or several, which then become one batch. */
export async function processImages(
  processor: ImageProcessor,
  images: unknown,
  context: TaskContext,
): Promise<Processed> {
  const list: readonly unknown[] = Array.isArray(images) ? images : [images]
  const pathOf = (index: number) => (Array.isArray(images) ? `images[${index}]` : 'image')
  const pixels = await Promise.all(list.map((image, index) => context.pixels(image, pathOf(index), processor)))
  return context.time('preprocess', () => processor.process(pixels))
}
