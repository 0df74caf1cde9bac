/** Reads a `scheduler_config.json`, or the same as an option, and says which entry is wrong. */

import { expected } from '#core/errors.ts'

/** Keys as diffusers spells them: `_class_name`, `num_train_timesteps`, `beta_schedule`, … */
export type SchedulerConfig = Readonly<Record<string, unknown>>

/** Typed reading, with the defaults of the class. Null counts as absent, as in Python. */
export function readConfig(config: SchedulerConfig) {
  const given = (key: string) => config[key] ?? undefined
  return {
    number(key: string, fallback: number): number {
      const value = given(key) ?? fallback
      if (typeof value !== 'number' || !Number.isFinite(value)) throw expected(`scheduler.${key}`, 'a number', value)
      return value
    },
    /** As `number`, but infinity counts: Python writes `-Infinity` for no bound. */
    bound(key: string, fallback: number): number {
      const value = given(key) ?? fallback
      if (typeof value !== 'number' || Number.isNaN(value)) throw expected(`scheduler.${key}`, 'a number', value)
      return value
    },
    flag(key: string, fallback: boolean): boolean {
      const value = given(key) ?? fallback
      if (typeof value !== 'boolean') throw expected(`scheduler.${key}`, 'true or false', value)
      return value
    },
    text: (key: string): string | null => (typeof given(key) === 'string' ? (given(key) as string) : null),
    choice<const T extends string>(key: string, fallback: NoInfer<T>, choices: readonly T[]): T {
      const value = given(key) ?? fallback
      if (!choices.includes(value as T)) throw expected(`scheduler.${key}`, `one of ${choices.join(', ')}`, value)
      return value as T
    },
    numbers(key: string): readonly number[] | null {
      const value = given(key)
      if (value === undefined) return null
      if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'number'))
        throw expected(`scheduler.${key}`, 'a list of numbers', value)
      return value
    },
    /** Refuses what would change the numbers and is not done here. */
    refuse(...keys: readonly string[]): void {
      for (const key of keys) {
        if (config[key]) throw expected(`scheduler.${key}`, 'false or nothing', config[key], 'Leave it out.')
      }
    },
  }
}

export type ConfigReader = ReturnType<typeof readConfig>
