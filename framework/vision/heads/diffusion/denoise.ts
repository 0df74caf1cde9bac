/** The loop from noise to picture, for one or several pictures in step with each other. */

import { createScheduler, type SchedulerConfig, type SchedulerOptions } from '../../schedulers/index.ts'
import { type TaskContext, throwIfCancelled } from '../../task.ts'

/** The network's answer for one sample. @param timestep - may have a fraction. */
export type Network = (input: Float32Array, timestep: number) => Promise<Float32Array>

export interface Denoising {
  readonly scheduler: SchedulerConfig
  readonly plan: SchedulerOptions
  /** One for each picture, of unit variance. */
  readonly noise: readonly Float32Array[]
  /** One for each picture; pictures of one prompt share theirs. */
  readonly networks: readonly Network[]
  /** Unit noise for all pictures together, one after the other; called once for each draw that the method needs. */
  draw(): Float32Array
  /** The pictures so far, from samples of unit variance. */
  preview?(samples: readonly Float32Array[]): Promise<unknown>
  readonly context: TaskContext
}

/** With fewer steps a preview is hardly older than the picture; with more than the second, not each has one. */
const FEWEST_STEPS = 4
const MOST_PREVIEWS = 20

/** The samples after the last step, in the order of `noise`. */
export async function denoise(options: Denoising): Promise<Float32Array[]> {
  const { noise, networks, context, plan } = options
  // A scheduler remembers its last outputs, so each picture has its own.
  const schedulers = noise.map(() => createScheduler(options.scheduler, plan))
  const [{ timesteps, initNoiseSigma } = { timesteps: [], initNoiseSigma: 1 }] = schedulers
  const samples: Float32Array[] = noise.map((values) => values.map((value) => value * initNoiseSigma))

  for (const [step, timestep] of timesteps.entries()) {
    let drawn: Float32Array | null = null
    for (const [index, scheduler] of schedulers.entries()) {
      throwIfCancelled(context.signal)
      const sample = samples[index] as Float32Array
      const output = await (networks[index] as Network)(scheduler.scaleInput(sample, step), timestep)
      const { length } = sample
      samples[index] = scheduler.step(output, step, sample, () => {
        drawn ??= options.draw()
        return drawn.subarray(index * length, (index + 1) * length)
      })
    }
    const shown = () => schedulers.map((scheduler, i) => scheduler.scaleInput(samples[i] as Float32Array, step + 1))
    const partial = hasPreview(step, timesteps.length) ? await options.preview?.(shown()) : undefined
    context.onProgress((step + 1) / timesteps.length, `Step ${step + 1} of ${timesteps.length}`, partial)
  }
  return samples
}

function hasPreview(step: number, count: number): boolean {
  return count >= FEWEST_STEPS && step < count - 1 && (step + 1) % Math.ceil(count / MOST_PREVIEWS) === 0
}
