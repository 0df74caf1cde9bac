/** Diffusion schedulers by diffusers' configuration, with its numbers. */

import { expected } from '#core/errors.ts'
import { type ConfigReader, readConfig, type SchedulerConfig } from './config.ts'
import { ddim } from './ddim.ts'
import { ddpm } from './ddpm.ts'
import { euler } from './euler.ts'
import { lcm } from './lcm.ts'
import { pndm } from './pndm.ts'
import type { Scheduler, SchedulerOptions } from './scheduler.ts'

export type { SchedulerConfig } from './config.ts'
export type { Scheduler, SchedulerOptions } from './scheduler.ts'

const KINDS: Readonly<Record<string, (read: ConfigReader, options: SchedulerOptions) => Scheduler>> = {
  DDIMScheduler: ddim,
  DDPMScheduler: ddpm,
  EulerDiscreteScheduler: euler,
  LCMScheduler: lcm,
  PNDMScheduler: pndm,
}

/** Short names: `DDIM`, `Euler`, `lcm`, … */
const SHORT: Readonly<Record<string, string>> = {
  ddim: 'DDIMScheduler',
  ddpm: 'DDPMScheduler',
  euler: 'EulerDiscreteScheduler',
  eulerdiscrete: 'EulerDiscreteScheduler',
  lcm: 'LCMScheduler',
  pndm: 'PNDMScheduler',
}

/**
 * Makes the scheduler that `_class_name` names, with diffusers' defaults for what the configuration leaves out.
 * @throws SpaceError `invalid-value` naming the entry that is wrong or that is not done here.
 */
export function createScheduler(config: SchedulerConfig, options: SchedulerOptions): Scheduler {
  const name = config._class_name
  const make = typeof name === 'string' && Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  if (!make) throw expected('scheduler._class_name', `one of ${Object.keys(KINDS).join(', ')}`, name)
  return make(readConfig(config), options)
}

/**
 * The configuration that a call asks for: nothing takes the model's own, a name (`'Euler'`) another class with the
 * model's settings, an object is a whole configuration.
 */
export function chooseScheduler(asked: unknown, own: SchedulerConfig): SchedulerConfig {
  if (asked === undefined || asked === null) return own
  if (typeof asked === 'object') return asked as SchedulerConfig
  const word = typeof asked === 'string' ? asked.toLowerCase().replace(/scheduler$/, '') : ''
  const name = Object.hasOwn(SHORT, word) ? SHORT[word] : undefined
  if (!name) throw expected('scheduler', `one of ${Object.keys(KINDS).join(', ')}, or a configuration`, asked)
  return { ...own, _class_name: name }
}
