/**
 * `pipe(video, { top_k = 5, function_to_apply = 'softmax', num_frames, sampling, frame_sampling_rate })`
 * -> `[{ score, label }]`, best first
 *
 * `video` is a file (path, URL, bytes, Blob: MP4, MOV, WebM, AVI, animated GIF or WebP) or a list of pictures, its frames.
 * The model sees `num_frames` of them (its own number): spread over the whole clip, or with `sampling: 'first'` from the
 * beginning, every `frame_sampling_rate`-th.
 */

import { CallOptions } from '../arguments.ts'
import { runGraph } from '../feeds.ts'
import { sigmoids, softmax } from '../heads/activations.ts'
import { readClip, readClipOptions } from '../heads/clip.ts'
import { torchTopK } from '../heads/topk.ts'
import { defineTask } from '../task.ts'

export interface VideoClassificationOptions {
  /** How many classes at most, best first. Default 5. */
  top_k?: number
  /** Default `softmax`. */
  function_to_apply?: 'softmax' | 'sigmoid' | 'none'
  /** How many frames the model sees. Default: what its graph or its configuration says, else 16. */
  num_frames?: number
  /** Spread over the whole clip, or from its beginning. Default `uniform`, and `first` where a rate is given. */
  sampling?: 'uniform' | 'first'
  /** For `first`: every so-many-th frame. Default 1. */
  frame_sampling_rate?: number
}

export default defineTask({
  task: 'video-classification',
  async open(model) {
    const [session, processor] = await Promise.all([model.session(), model.processor('video')])
    const input = session.wants('pixel_values_videos') ? 'pixel_values_videos' : 'pixel_values'
    return {
      async run([video, given], context): Promise<{ score: number; label: string }[]> {
        const options = new CallOptions(given)
        const count = options.number('top_k', 5, { min: 1, integer: true })
        const how = options.oneOf('function_to_apply', ['softmax', 'sigmoid', 'none']) ?? 'softmax'
        const clip = await readClip(video, readClipOptions(options, session, model), processor, context)
        const { data } = session.floats(await runGraph(session, { [input]: clip }, context), 'logits')
        const scores = how === 'softmax' ? softmax(data) : how === 'sigmoid' ? sigmoids(data) : data
        return torchTopK(scores, count).map(({ value, index }) => ({ score: value, label: model.label(index) }))
      },
    }
  },
})
