/**
 * `pipe(video, candidate_labels, { hypothesis_template = '{}', num_frames, sampling, frame_sampling_rate })`
 * -> `[{ score, label }]`, best first; scores sum to 1 over the labels (X-CLIP)
 *
 * `video` and its options are those of video-classification.
 */

import { labelsAndOptions } from '../arguments.ts'
import { runGraph } from '../feeds.ts'
import { softmax } from '../heads/activations.ts'
import { readClip, readClipOptions } from '../heads/clip.ts'
import { openTexts } from '../heads/image-text/texts.ts'
import { defineTask } from '../task.ts'
import { inTemplate } from '../text/template.ts'

export interface ZeroShotVideoClassificationOptions {
  /** The sentence each label is put into, at `{}`. Default `{}`, the label alone. */
  hypothesis_template?: string
  /** How many frames the model sees. Default: what its graph or its configuration says, else 16. */
  num_frames?: number
  /** Spread over the whole clip, or from its beginning. Default `uniform`, and `first` where a rate is given. */
  sampling?: 'uniform' | 'first'
  /** For `first`: every so-many-th frame. Default 1. */
  frame_sampling_rate?: number
}

export default defineTask({
  task: 'zero-shot-video-classification',
  async open(model) {
    const [session, processor] = await Promise.all([model.session(), model.processor('video')])
    const textRuns = await openTexts(model, session)
    return {
      async run(args, context): Promise<{ score: number; label: string }[]> {
        const { labels, options } = labelsAndOptions(args)
        const template = options.text('hypothesis_template', '{}')
        const texts = inTemplate(template, labels)
        const clip = await readClip(args[0], readClipOptions(options, session, model), processor, context)
        const logits: number[] = []
        for (const { feeds, count } of textRuns(texts)) {
          const outputs = await runGraph(session, { pixel_values: clip, ...feeds }, context)
          logits.push(...session.floats(outputs, 'logits_per_video').data.subarray(0, count))
        }
        const scores = softmax(logits)
        return labels.map((label, index) => ({ score: scores[index] ?? 0, label })).sort((a, b) => b.score - a.score)
      },
    }
  },
})
