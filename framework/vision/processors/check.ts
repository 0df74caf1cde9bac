/** What a processor's configuration must hold; files are written by many hands. */

import { expected } from '#core/errors.ts'
import type { Settings, SizeSetting } from './defaults.ts'

/** @throws SpaceError `invalid-value` naming the file and the setting */
export function checkSettings(settings: Settings): void {
  const { size, crop_size, pad_size, image_mean, image_std, rescale_factor, resample } = settings
  checkSize('size', size)
  checkSize('crop_size', crop_size)
  if (pad_size) checkSize('pad_size', pad_size)
  checkChannels('image_mean', image_mean)
  checkChannels('image_std', image_std)
  if (!isNumber(rescale_factor)) throw wrong('rescale_factor', 'a number', rescale_factor)
  if (!(Number.isInteger(resample) && resample >= 0 && resample <= 5))
    throw wrong('resample', 'a filter’s number, 0 to 5', resample)
  checkNumbers(settings)
  checkClusters(settings.clusters)
}

/** What sizes are divided and multiplied by. */
function checkNumbers(settings: Settings): void {
  for (const name of ['ensure_multiple_of', 'max_num_patches', 'max_patches', 'limit_side_len'] as const)
    if (!(isNumber(settings[name]) && settings[name] > 0)) throw wrong(name, 'a number above 0', settings[name])
  for (const name of ['crop_pct', 'resize_short'] as const) {
    const value = settings[name]
    if (value !== null && !(isNumber(value) && value > 0)) throw wrong(name, 'a number above 0', value)
  }
  const { size_divisor, patch_size } = settings
  if (!(isNumber(size_divisor) && size_divisor >= 0)) throw wrong('size_divisor', 'a number', size_divisor)
  checkSize('patch_size', typeof patch_size === 'number' ? { side: patch_size } : patch_size)
}

function checkClusters(clusters: unknown): void {
  if (clusters === null) return
  const isColour = (one: unknown) => Array.isArray(one) && one.length === 3 && one.every(isNumber)
  if (!Array.isArray(clusters) || !clusters.every(isColour))
    throw wrong('clusters', 'colours of three numbers', clusters)
}

function checkSize(name: string, size: SizeSetting): void {
  for (const [side, value] of Object.entries(size))
    if (!(isNumber(value) && value > 0)) throw wrong(`${name}.${side}`, 'a number above 0', value)
}

function checkChannels(name: string, values: unknown): void {
  const list = Array.isArray(values) ? values : [values]
  // Grey, colour, or colour with transparency; one number serves all.
  if (!(list.every(isNumber) && [1, 3, 4].includes(list.length))) throw wrong(name, 'a number for each channel', values)
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

const wrong = (setting: string, wants: string, value: unknown) =>
  expected(`preprocessor_config.json: ${setting}`, wants, value, 'Correct it in the model’s preprocessor_config.json.')
