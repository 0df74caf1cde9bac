/** Generated pictures: the picture itself, its values before they become bytes, and the latents where they are known. */

import type { Image } from '../../framework/core/media.ts'
import { openImage } from '../../framework/vision/media/open-image.ts'
import { openTaskInProcess } from '../../framework/vision/runtime/open-task.ts'
import type { Tensor } from '../../framework/vision/task.ts'
import { type Comparison, Findings } from './comparer.ts'
import { readNpy } from './npy.ts'
import { argumentsOf, type Case, fileOf } from './record.ts'

export async function compareGenerated(answer: unknown, of: Case): Promise<Comparison> {
  const { reference } = of
  const { tolerance } = reference
  const wanted = reference.output as { image: string; values?: string }
  const findings = new Findings()
  if (wanted.values) await compareTensor(findings, of, 'np', wanted.values, tolerance.values ?? 2e-4)

  // Compared apart from here on: other units, and only whether they hold is of interest.
  const others = new Findings()
  const ours = await (answer as readonly Image[])[0]?.rgb()
  const theirs = await (await openImage(fileOf(of, wanted.image))).rgb()
  others.equal('size', [ours?.width, ours?.height], [theirs.width, theirs.height])
  others.allWithin('pixel', ours?.data ?? [], theirs.data, tolerance.image ?? 1)
  const latents = reference.detail?.final_latents
  if (typeof latents === 'string') await compareTensor(others, of, 'latent', latents, tolerance.latents ?? 1e-3)
  if (others.result.problem !== null) findings.wrong(others.result.problem)
  return findings.result
}

/** Calls once more for another kind of output. */
async function compareTensor(findings: Findings, of: Case, output_type: string, file: string, tolerance: number) {
  const { folder, reference } = of
  const args = [...argumentsOf(of)]
  const options = args.pop() as object
  await using task = await openTaskInProcess(reference.task, folder)
  const [got] = (await task(...args, { ...options, output_type })) as Tensor<'float32'>[]
  const exact = readNpy(fileOf(of, file))
  findings.equal(`dims of ${file}`, got?.dims, output_type === 'latent' ? exact.dims.slice(-3) : exact.dims)
  findings.allWithin(file, got?.data ?? [], exact.data as Float32Array, tolerance)
}
