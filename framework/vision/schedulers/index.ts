/** Diffusion schedulers by diffusers' configuration, with its numbers. */

import { expected } from '#core/errors.ts'
import { type ConfigReader, readConfig, type SchedulerConfig } from './config.ts'
import { consistency } from './consistency.ts'
import { ddim } from './ddim.ts'
import { ddpm } from './ddpm.ts'
import { deis } from './deis.ts'
import { dpmMultistep, dpmSinglestep } from './dpm.ts'
import { euler, eulerAncestral } from './euler.ts'
import { heun } from './heun.ts'
import { kdpm2, kdpm2Ancestral } from './kdpm2.ts'
import { lcm } from './lcm.ts'
import { lms } from './lms.ts'
import { pndm } from './pndm.ts'
import type { Scheduler, SchedulerOptions } from './scheduler.ts'
import { tcd } from './tcd.ts'
import { unipc } from './unipc.ts'

export type { SchedulerConfig } from './config.ts'
export type { Scheduler, SchedulerOptions } from './scheduler.ts'

const KINDS: Readonly<Record<string, (read: ConfigReader, options: SchedulerOptions) => Scheduler>> = {
  CMStochasticIterativeScheduler: consistency,
  DDIMParallelScheduler: ddim,
  DDIMScheduler: ddim,
  DDPMParallelScheduler: ddpm,
  DDPMScheduler: ddpm,
  DEISMultistepScheduler: deis,
  DPMSolverMultistepScheduler: dpmMultistep,
  DPMSolverSinglestepScheduler: dpmSinglestep,
  EulerAncestralDiscreteScheduler: eulerAncestral,
  EulerDiscreteScheduler: euler,
  HeunDiscreteScheduler: heun,
  KDPM2AncestralDiscreteScheduler: kdpm2Ancestral,
  KDPM2DiscreteScheduler: kdpm2,
  LCMScheduler: lcm,
  LMSDiscreteScheduler: lms,
  PNDMScheduler: pndm,
  TCDScheduler: tcd,
  UniPCMultistepScheduler: unipc,
}

/** Which let a call say the timesteps or the noise levels to visit. */
const TAKES: Readonly<Record<'timesteps' | 'sigmas', readonly string[]>> = {
  timesteps: [
    'CMStochasticIterativeScheduler',
    'DDPMParallelScheduler',
    'DDPMScheduler',
    'DPMSolverMultistepScheduler',
    'DPMSolverSinglestepScheduler',
    'EulerDiscreteScheduler',
    'HeunDiscreteScheduler',
    'LCMScheduler',
    'TCDScheduler',
  ],
  sigmas: ['EulerDiscreteScheduler'],
}

/** `DDIM`, `EulerAncestral`, `lcm`, … for the names above. */
const short = (name: string): string => name.toLowerCase().replace(/(discrete|multistep)?(scheduler)?$/, '')

/**
 * Makes the scheduler that `_class_name` names, with diffusers' defaults for what the configuration leaves out.
 * @throws SpaceError `invalid-value` naming the entry that is wrong or that is not done here.
 */
export function createScheduler(config: SchedulerConfig, options: SchedulerOptions): Scheduler {
  const name = config._class_name
  const make = typeof name === 'string' && Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  if (!make) throw expected('scheduler._class_name', `one of ${Object.keys(KINDS).join(', ')}`, name)
  for (const key of ['timesteps', 'sigmas'] as const) {
    if (options[key] && !TAKES[key].includes(String(name)))
      throw expected(key, `nothing for ${name}; ${TAKES[key].join(', ')} take them`, options[key])
  }
  const read = readConfig(config)
  const trained = read.number('num_train_timesteps', 1000)
  if (options.timesteps && (options.timesteps[0] as number) >= trained)
    throw expected('timesteps', `numbers below ${trained}`, options.timesteps[0])
  return make(read, options)
}

/**
 * The configuration that a call asks for: nothing takes the model's own, a name (`'Euler'`) another class with the
 * model's settings, an object is a whole configuration.
 */
export function chooseScheduler(asked: unknown, own: SchedulerConfig): SchedulerConfig {
  if (asked === undefined || asked === null) return own
  if (typeof asked === 'object') return asked as SchedulerConfig
  const name = typeof asked === 'string' ? Object.keys(KINDS).find((kind) => short(kind) === short(asked)) : undefined
  if (!name) throw expected('scheduler', `one of ${Object.keys(KINDS).join(', ')}, or a configuration`, asked)
  return { ...own, _class_name: name }
}
