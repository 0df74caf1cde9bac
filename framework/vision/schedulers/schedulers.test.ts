import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { chooseScheduler, createScheduler, type SchedulerConfig } from './index.ts'
import { createNoise } from './noise.ts'

interface Vector {
  scheduler: SchedulerConfig
  num_inference_steps: number
  eta?: number
  timesteps: number[]
  init_noise_sigma: number
  start: number[]
  noise: number[][]
  trajectory: number[][]
}

const reference = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/schedulers.json', import.meta.url), 'utf8'),
) as { tolerance: number; schedulers: Record<string, Vector> }

/** The stand-in for a network that the reference was made with; float32 throughout, as rounding grows along the way. */
const network = (input: Float32Array, timestep: number) =>
  input.map((value) => Math.sin(Math.fround(Math.fround(3 * value) + Math.fround(timestep / 100))))

const withVariance = (output: Float32Array) => Float32Array.of(...output, ...output.map(Math.sin))

for (const [name, vector] of Object.entries(reference.schedulers)) {
  test(`${name} walks from noise to picture as diffusers does`, () => {
    const scheduler = createScheduler(vector.scheduler, {
      steps: vector.num_inference_steps,
      ...(vector.eta === undefined ? {} : { eta: vector.eta }),
    })
    near([...scheduler.timesteps], vector.timesteps, 1e-3)
    near([scheduler.initNoiseSigma], [vector.init_noise_sigma], 1e-6 * vector.init_noise_sigma)

    let sample = Float32Array.from(vector.start)
    let drawn = 0
    for (const [step, timestep] of scheduler.timesteps.entries()) {
      const output = network(scheduler.scaleInput(sample, step), timestep)
      const both = vector.scheduler.variance_type === 'learned_range' ? withVariance(output) : output
      const next = scheduler.step(both, step, sample, () => Float32Array.from(vector.noise[drawn++] ?? []))
      // Each step goes on from the reference: the stand-in would blow up what rounding does.
      const wanted = vector.trajectory[step] ?? []
      near([...next], wanted, reference.tolerance * Math.max(1, ...sample.map(Math.abs), ...wanted.map(Math.abs)))
      sample = Float32Array.from(wanted)
    }
    assert.equal(drawn, vector.noise.length)
  })
}

/** Of `torch.randn(length, generator=torch.Generator('cpu').manual_seed(seed))`, draw after draw. */
const draws = JSON.parse(readFileSync(new URL('../../../test/fixtures/torch-noise.json', import.meta.url), 'utf8')) as {
  seed: number
  lengths: number[]
  last: number[][]
  sha256: string
}[]

for (const { seed, lengths, last, sha256 } of draws) {
  test(`seed ${seed} draws the noise that PyTorch draws for it, to the last bit`, () => {
    const source = createNoise(seed)
    const hash = createHash('sha256')
    for (const [draw, length] of lengths.entries()) {
      const noise = source.normal(length)
      hash.update(Buffer.from(noise.buffer, noise.byteOffset, noise.byteLength))
      assert.deepEqual([...noise.slice(-2)], last[draw]?.map(Math.fround), `draw ${draw} of ${length}`)
    }
    assert.equal(hash.digest('hex'), sha256)
  })
}

test('noise of a length that is not a multiple of 16 has the same mean and spread', () => {
  const values = createNoise(3).normal(20_001)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  near([mean, variance], [0, 1], 0.03)
})

test('DDIM with eta 1 is DDPM', () => {
  const levels = { beta_schedule: 'linear', clip_sample: false }
  const draws = (seed: number) => {
    const noise = createNoise(seed)
    return () => noise.normal(8)
  }
  const walk = (config: SchedulerConfig, draw: () => Float32Array) => {
    const scheduler = createScheduler(config, { steps: 4, eta: 1 })
    let sample: Float32Array = createNoise(1).normal(8)
    for (const [step, timestep] of scheduler.timesteps.entries()) {
      sample = scheduler.step(network(sample, timestep), step, sample, draw)
    }
    return [...sample]
  }
  // The last step differs: DDPM adds no noise there, and with nothing left to remove neither does DDIM.
  near(
    walk({ ...levels, _class_name: 'DDIMScheduler' }, draws(5)),
    walk({ ...levels, _class_name: 'DDPMScheduler' }, draws(5)),
    1e-4,
  )
})

test('PNDM with Runge-Kutta steps follows the exact path closely', () => {
  // Data that is one point gives a network whose path is known: the sample ends at that point from any noise.
  const point = 0.4
  const config = { _class_name: 'PNDMScheduler', beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 }
  const scheduler = createScheduler(config, { steps: 50 })
  assert.equal(scheduler.timesteps.length, 12 + 47)
  const levels = keptBySchedule()
  let sample = new Float32Array([1.3])
  for (const [step, timestep] of scheduler.timesteps.entries()) {
    const kept = levels[timestep] as number
    const noise = sample.map((value) => (value - Math.sqrt(kept) * point) / Math.sqrt(1 - kept))
    sample = scheduler.step(noise, step, sample, () => new Float32Array(1)) as typeof sample
  }
  assert.ok(Math.abs((sample[0] as number) - point) < 0.05, `ended at ${sample[0]}`)
})

function keptBySchedule(): number[] {
  let product = 1
  return Array.from({ length: 1000 }, (_, i) => {
    const root = 0.00085 ** 0.5 + ((0.012 ** 0.5 - 0.00085 ** 0.5) / 999) * i
    product *= 1 - root * root
    return product
  })
}

test('a scheduler that is not known is refused with the ones that are', () => {
  assert.throws(() => createScheduler({ _class_name: 'FlowMatchEulerDiscreteScheduler' }, { steps: 5 }), {
    message: /scheduler\._class_name: expected one of .*DDIMScheduler, .*, got “FlowMatchEulerDiscreteScheduler”/,
  })
})

test('more steps than the model was trained on are refused', () => {
  assert.throws(() => createScheduler({ _class_name: 'DDIMScheduler' }, { steps: 2000 }), {
    message: /num_inference_steps: expected a whole number from 1 to 1000, got 2000/,
  })
})

test('a call may say where to stop on the way, where the scheduler lets it', () => {
  const own = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' }
  const sigmas = [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.38, 0.234, 0.113, 0]
  const euler = createScheduler({ ...own, _class_name: 'EulerDiscreteScheduler' }, { steps: 10, sigmas })
  near(
    [...euler.timesteps],
    [999, 844.88763, 730.17987, 586.98071, 443.33533, 309.97552, 192.97049, 116.06511, 53.303211, 13.390401],
    1e-3,
  )
  const timesteps = [999, 850, 455, 24]
  const dpm = createScheduler({ ...own, _class_name: 'DPMSolverMultistepScheduler' }, { steps: 4, timesteps })
  assert.deepEqual(dpm.timesteps, timesteps)
  const refused = (config: SchedulerConfig, message: RegExp, asked: object = { timesteps }) =>
    assert.throws(() => createScheduler({ ...own, ...config }, { steps: 4, ...asked }), { message })
  refused({ _class_name: 'DDIMScheduler' }, /timesteps: expected nothing for DDIMScheduler; .*Euler/)
  refused({ _class_name: 'LCMScheduler' }, /sigmas: expected nothing for LCMScheduler/, { sigmas })
  refused({ _class_name: 'HeunDiscreteScheduler', use_karras_sigmas: true }, /use_karras_sigmas: expected false/)
  refused({ _class_name: 'LCMScheduler' }, /timesteps: expected numbers below 1000, got 1000/, { timesteps: [1000, 1] })
})

test('a short name keeps the settings of the model', () => {
  const own = { _class_name: 'DDIMScheduler', beta_end: 0.012, steps_offset: 1 }
  assert.deepEqual(chooseScheduler('euler', own), { ...own, _class_name: 'EulerDiscreteScheduler' })
  assert.equal(chooseScheduler('DPMSolverMultistep', own)._class_name, 'DPMSolverMultistepScheduler')
  assert.equal(chooseScheduler('EulerAncestralDiscreteScheduler', own)._class_name, 'EulerAncestralDiscreteScheduler')
  assert.deepEqual(chooseScheduler({ _class_name: 'LCMScheduler' }, own), { _class_name: 'LCMScheduler' })
  assert.equal(chooseScheduler(undefined, own), own)
  assert.throws(() => chooseScheduler('warp', own), { message: /scheduler: expected one of/ })
})

function near(actual: readonly number[], wanted: readonly number[], tolerance: number): void {
  assert.equal(actual.length, wanted.length)
  for (const [i, value] of wanted.entries()) {
    assert.ok(Math.abs((actual[i] as number) - value) <= tolerance, `[${i}]: ${actual[i]} is not ${value}`)
  }
}
