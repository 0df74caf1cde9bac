/** How many frames a video has, how long it is, and how fast they come. */

import type { Demuxer } from 'node-av/api'
import type { Stream } from 'node-av/lib'
import { checkNative } from '../native-work.ts'
import { loadAv } from './node-av.ts'

/** A container's entry for “not said”. */
export const UNSAID = -(2n ** 63n)

export const seconds = ({ num, den }: { num: number; den: number }) => (den === 0 ? 0 : num / den)

export interface Survey {
  readonly frameCount: number
  /** From the first packet to the end of the last; null where they say nothing. */
  readonly lengthS: number | null
}

/** Goes through the packets without decoding any, which is quick. What an edit has cut away stays in a file, unshown. */
export async function survey(input: Demuxer, stream: Stream): Promise<Survey> {
  const { constants } = await loadAv('video')
  let count = 0
  let first: bigint | null = null
  let last: bigint | null = null
  let lastDuration = 0n
  for await (const packet of input.packets(stream.index)) {
    checkNative()
    if (!packet) continue
    // AVI says only when a frame is to be decoded.
    const at = packet.pts === UNSAID ? packet.dts : packet.pts
    const { duration, flags } = packet
    packet.free()
    if (flags & constants.AV_PKT_FLAG_DISCARD) continue
    count++
    if (at === UNSAID) continue
    if (first === null || at < first) first = at
    if (last === null || at >= last) [last, lastDuration] = [at, duration]
  }
  if (first === null || last === null) return { frameCount: count, lengthS: null }
  // A last frame that says nothing of its time is shown as long as the others on average.
  const tail = Number(lastDuration) || Number(last - first) / Math.max(1, count - 1)
  return { frameCount: count, lengthS: (Number(last - first) + tail) * seconds(stream.timeBase) }
}

/** Whether a file says of more frames than its length has room for: of the others an edit shows nothing. */
export const hidesFrames = ({ nbFrames, duration, avgFrameRate, timeBase }: Stream): boolean =>
  duration !== UNSAID && Number(nbFrames) > Number(duration) * seconds(timeBase) * seconds(avgFrameRate) + 0.5

/** Rates are guesses where frames come as they please; one in a hundred more or less is the same rate. */
const SAME_RATE = 0.01

export function paceOf(input: Demuxer, stream: Stream, { frameCount, lengthS }: Survey) {
  const said = stream.duration === UNSAID ? 0 : Number(stream.duration) * seconds(stream.timeBase)
  const rate = seconds(stream.avgFrameRate)
  const durationS = lengthS || said || input.duration || (rate > 0 ? frameCount / rate : 0)
  const average = durationS > 0 ? frameCount / durationS : rate
  const steady = lengthS === null || Math.abs(rate - average) <= SAME_RATE * average
  const fps = rate > 0 && steady ? rate : average
  return { frameCount, durationS, fps }
}
