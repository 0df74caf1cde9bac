/** The page that each task of `spaces/vision` becomes by itself, and how its form becomes a call. */

import { Gallery, Image, JSON, Label, Number, Slider, Text } from '../components/index.ts'
import { type Field, type Fields, optional } from './core/field.ts'
import type { Classification, GalleryItem } from './core/media.ts'
import type { Awaitable } from './core/types.ts'

/** What the page of a task shows, and how a form becomes a call. */
export interface TaskPage {
  readonly title: string
  readonly action: string
  readonly inputs: () => Fields
  readonly outputs: () => Fields
  readonly live?: boolean
  /** Whether the answer is shown while it is made. */
  readonly grows?: boolean
  /** Whether it takes long enough to say how far it is. */
  readonly slow?: boolean
  /** The arguments of the pipeline's call, options last. */
  args(inputs: Inputs): readonly unknown[]
  answer(result: never): Awaitable<Record<string, unknown>>
}
// biome-ignore lint/suspicious/noExplicitAny: which inputs there are, each row of the table knows of itself
export type Inputs = Record<string, any>

const image = () => Image({ label: 'Image' })
/** A classifier's answer is always a list, though `Label` takes more. */
type Labels = Field<
  'label',
  { given: readonly Classification[]; taken: readonly Classification[]; sample: never; event: 'select' }
>
const labelled = (label: string) => Label({ label }) as unknown as Labels
const labels = () => ({ labels: labelled('Labels') })
const asLabels = (result: never) => ({ labels: result })
const asList = (text: string) =>
  text
    .split(',')
    .map((label) => label.trim())
    .filter(Boolean)
const candidates = () => Text({ label: 'Candidate labels', hint: 'separated by commas', initial: 'cat, dog, car' })
const query = () => Image({ label: 'What to look for', hint: 'a picture of it' })
const question = () => Text({ label: 'Question' })
const threshold = (initial: number) => Slider({ label: 'Score at least', min: 0, max: 1, step: 0.01, initial })
const frames = () => Gallery({ label: 'Frames', hint: 'in their order' })
const picturesOf = (given: readonly GalleryItem[]) => given.map(({ image }) => image)
const steps = (initial: number) => Slider({ label: 'Steps', min: 1, max: 100, step: 1, initial })
const seed = () => optional(Number({ label: 'Seed', hint: 'the same one makes the same picture' }))

const objects = () => ({ objects: JSON({ label: 'Objects' }) })
const asObjects = (result: never) => ({ objects: result })
const pictures = () => ({ pictures: Gallery({ label: 'Pictures' }) })
const asPictures = (result: never) => ({ pictures: result })
const masks = () => ({ masks: Gallery({ label: 'Masks', format: 'png' }) })

interface Found {
  readonly label?: string | null
  readonly score?: number | null
  readonly mask: { readonly width: number; readonly height: number; readonly data: Uint8Array }
}

/** Masks as pictures, white where they hold, with what they are of. */
async function asMasks(found: readonly Found[]) {
  const { createImage } = await import('./vision/index.ts')
  return {
    masks: found.map(({ label, score, mask }) => ({
      image: createImage({ ...mask, channels: 1 }),
      caption: [label, typeof score === 'number' ? `${Math.round(score * 100)} %` : null].filter(Boolean).join(' '),
    })),
  }
}

export const PAGES = {
  'image-classification': {
    title: 'Image classification',
    action: 'Classify',
    live: true,
    inputs: () => ({
      image: image(),
      top_k: Slider({ label: 'Labels to show', min: 1, max: 20, step: 1, initial: 5 }),
    }),
    outputs: labels,
    args: ({ image, top_k }) => [image, { top_k }],
    answer: asLabels,
  },
  'zero-shot-image-classification': {
    title: 'Zero-shot image classification',
    action: 'Classify',
    inputs: () => ({ image: image(), candidate_labels: candidates() }),
    outputs: labels,
    args: ({ image, candidate_labels }) => [image, asList(candidate_labels), {}],
    answer: asLabels,
  },
  'visual-question-answering': {
    title: 'Visual question answering',
    action: 'Answer',
    inputs: () => ({ image: image(), question: question() }),
    outputs: () => ({ answers: labelled('Answers') }),
    args: ({ image, question }) => [image, question, {}],
    // A model that writes its answer gives no score.
    answer: (result: { answer: string; score?: number }[]) => ({
      answers: result.map(({ answer, score = 1 }) => ({ label: answer, score })),
    }),
  },
  'depth-estimation': {
    title: 'Depth estimation',
    action: 'Estimate',
    live: true,
    inputs: () => ({ image: image() }),
    outputs: () => ({ depth: Image({ label: 'Depth', format: 'png' }) }),
    args: ({ image }) => [image, {}],
    answer: ({ depth }: { depth: unknown }) => ({ depth }),
  },
  'image-to-image': {
    title: 'Image to image',
    action: 'Transform',
    inputs: () => ({ image: image() }),
    outputs: () => ({ result: Image({ label: 'Result' }) }),
    args: ({ image }) => [image, {}],
    answer: (result) => ({ result }),
  },
  'background-removal': {
    title: 'Background removal',
    action: 'Cut out',
    live: true,
    inputs: () => ({ image: image() }),
    outputs: () => ({ cutout: Image({ label: 'Cut-out', format: 'png' }) }),
    args: ({ image }) => [image, {}],
    answer: (cutout) => ({ cutout }),
  },
  'image-to-text': {
    title: 'Image to text',
    action: 'Describe',
    grows: true,
    inputs: () => ({ image: image() }),
    outputs: () => ({ text: Text({ label: 'Text', lines: 3 }) }),
    args: ({ image }) => [image, {}],
    answer: (result: { generated_text: string }[]) => ({
      text: result.map(({ generated_text }) => generated_text).join('\n'),
    }),
  },
  'object-detection': {
    title: 'Object detection',
    action: 'Detect',
    inputs: () => ({ image: image(), threshold: threshold(0.5) }),
    outputs: objects,
    args: ({ image, threshold }) => [image, { threshold }],
    answer: asObjects,
  },
  'zero-shot-object-detection': {
    title: 'Zero-shot object detection',
    action: 'Detect',
    inputs: () => ({ image: image(), candidate_labels: candidates(), threshold: threshold(0.1) }),
    outputs: objects,
    args: ({ image, candidate_labels, threshold }) => [image, asList(candidate_labels), { threshold }],
    answer: asObjects,
  },
  'image-guided-object-detection': {
    title: 'Image-guided object detection',
    action: 'Detect',
    inputs: () => ({ image: image(), query_image: query() }),
    outputs: objects,
    args: ({ image, query_image }) => [image, query_image, {}],
    answer: asObjects,
  },
  'image-segmentation': {
    title: 'Image segmentation',
    action: 'Segment',
    inputs: () => ({ image: image() }),
    outputs: masks,
    args: ({ image }) => [image, {}],
    answer: asMasks,
  },
  'zero-shot-image-segmentation': {
    title: 'Zero-shot image segmentation',
    action: 'Segment',
    inputs: () => ({ image: image(), candidate_labels: candidates() }),
    outputs: masks,
    args: ({ image, candidate_labels }) => [image, asList(candidate_labels), {}],
    answer: asMasks,
  },
  'image-guided-segmentation': {
    title: 'Image-guided segmentation',
    action: 'Segment',
    inputs: () => ({ image: image(), query_image: query() }),
    outputs: masks,
    args: ({ image, query_image }) => [image, query_image, {}],
    answer: asMasks,
  },
  'mask-generation': {
    title: 'Mask generation',
    action: 'Find masks',
    slow: true,
    inputs: () => ({ image: image() }),
    outputs: masks,
    args: ({ image }) => [image, {}],
    answer: ({ masks, scores }: { masks: Found['mask'][]; scores: { data: Float32Array } }) =>
      asMasks(masks.map((mask, i) => ({ mask, score: scores.data[i] ?? null }))),
  },
  'document-question-answering': {
    title: 'Document question answering',
    action: 'Answer',
    inputs: () => ({ image: image(), question: question() }),
    outputs: () => ({ answer: Text({ label: 'Answer' }) }),
    args: ({ image, question }) => [image, question, {}],
    answer: ([best]: { answer: string | null }[]) => ({ answer: best?.answer ?? '' }),
  },
  'video-classification': {
    title: 'Video classification',
    action: 'Classify',
    inputs: () => ({ frames: frames() }),
    outputs: labels,
    args: ({ frames }) => [picturesOf(frames), {}],
    answer: asLabels,
  },
  'zero-shot-video-classification': {
    title: 'Zero-shot video classification',
    action: 'Classify',
    inputs: () => ({ frames: frames(), candidate_labels: candidates() }),
    outputs: labels,
    args: ({ frames, candidate_labels }) => [picturesOf(frames), asList(candidate_labels), {}],
    answer: asLabels,
  },
  'text-to-image': {
    title: 'Text to image',
    action: 'Paint',
    slow: true,
    grows: true,
    inputs: () => ({
      prompt: Text({ label: 'Prompt', lines: 2 }),
      negative_prompt: optional(Text({ label: 'What it should not show' })),
      num_inference_steps: steps(30),
      seed: seed(),
    }),
    outputs: pictures,
    args: ({ prompt, ...options }) => [prompt, options],
    answer: asPictures,
  },
  'unconditional-image-generation': {
    title: 'Image generation',
    action: 'Generate',
    slow: true,
    grows: true,
    inputs: () => ({ num_inference_steps: steps(50), seed: seed() }),
    outputs: pictures,
    args: (options) => [options],
    answer: asPictures,
  },
  'image-feature-extraction': {
    title: 'Image similarity',
    action: 'Compare',
    inputs: () => ({ image: image(), other: Image({ label: 'Another image' }) }),
    outputs: () => ({ similarity: Number({ label: 'Similarity' }) }),
    args: ({ image, other }) => [[image, other], {}],
    async answer([one, other]: [{ data: Float32Array }, { data: Float32Array }]) {
      const { cosineSimilarity } = await import('./vision/index.ts')
      return { similarity: cosineSimilarity(one.data, other.data) }
    },
  },
} as const satisfies Readonly<Record<string, TaskPage>>
